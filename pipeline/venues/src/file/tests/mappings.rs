//! Mapping files, wrong and right.

use autobazaaar_domain::{Cents, Condition, PriceKind, Status};

use super::*;

#[test]
fn a_wrong_mapping_says_where_and_what_is_expected() {
    let cases = [
        ("platform", "platfrom", "line 2: unknown field `platfrom`", "did you mean `platform`?"),
        ("decimal = \"dot\"", "decimal = \"point\"", "unknown variant `point`", "dot"),
        (
            "title = \"title\"",
            "title = { colunm = \"title\" }",
            "unknown field `colunm`",
            "did you mean `column`?",
        ),
        ("title = \"title\"", "title = 5", "invalid type", "a column name"),
        (
            "title = \"title\"",
            "title = { column = \"a\", pattern = \"(\" }",
            "`title`",
            "a regular expression",
        ),
        ("title = \"title\"", "title = { template = \"{a\" }", "`title`", "a closing brace"),
        ("title = \"title\"", "title = { column = \"a\", constant = \"b\" }", "`title`", "exactly one of"),
        ("\"USD\"", "\"dollar\"", "line 3", "ISO 4217"),
        ("\"craigslist\"", "\"Craigs List\"", "line 2", "lower-case letters"),
        ("column = \"id\"", "", "`id`", "`line = true`"),
        (
            "[time]",
            "[time]\nzone = \"America/Los_Angles\"",
            "`time.zone`",
            "did you mean `America/Los_Angeles`?",
        ),
        ("[time]", "[time]\nformats = [\"%d\"]", "`time.formats`", "a strftime pattern"),
        ("[time]", "[time]\ndefault_time = \"8pm\"", "`time.default_time`", "20:00"),
        ("[time]", "[time]\nfile_name = ['(?<jahr>x)']", "`time.file_name`", "groups month and day"),
        ("[time]", "[format]\nencoding = \"latin9000\"\n[time]", "`format.encoding`", "windows-1252"),
    ];
    for (from, to, problem, expected) in cases {
        let text = MAPPING.replacen(from, to, 1);
        let error =
            Mapping::parse("my.toml", &text).err().unwrap_or_else(|| panic!("{to} was taken")).to_string();
        assert!(error.starts_with("mapping my.toml"), "{error}");
        assert!(error.contains(problem) && error.contains(expected), "{to}: {error}");
    }
    let error = Mapping::load("/nowhere/m.toml").err().unwrap().to_string();
    assert!(error.contains("/nowhere/m.toml: cannot be read"), "{error}");
}

#[test]
fn every_mapping_of_the_project_is_right() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/mappings");
    let files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.len() >= 6);
    for file in files {
        Mapping::load(&file).unwrap();
    }
}

#[test]
fn two_schemas_are_read_by_one_mapping() {
    let craigslist = shipped("phones-craigslist.toml");
    let folder = Folder::new();
    let listed = "\
,Name,Price,postDate,HasImage,Attributes,postID,contactInfo,latitude,longitude
0,Phone A,$650,2019-11-21 19:36,Yes,\"['condition: excellent', 'mobile OS: tin can', 'delivery available']\",post id: 7000000001,False,32.8,-116.9
1,Phone B,$0,2019-11-21 18:36,Yes,[],None,False,32.8,-116.9
";
    let bare = "\
,Name,Price,postDate,HasImage,Attributes,postID,contactInfo,distance
0,Phone A,600,2019-11-21 19:36,True,like new,7000000001,False,5.9
1,Phone C,1234,2019-11-22 19:36,True,Unknown,7000000003,False,5.9
";
    let paths =
        [folder.file("Craigslist_x+y_11.23.csv", bare), folder.file("Craigslist_x+y_2019-11-21.csv", listed)];
    let files = open(&paths, Arc::clone(&craigslist), &SourceOptions::default()).unwrap();
    assert_eq!(files[0].scan.observed_at, Some(at("2019-11-22T04:30:00Z")));
    assert_eq!((files[1].scan.query.as_str(), files[1].scan.complete.holds(499)), ("x y", true));
    let outcome = collect(&files, 10);
    assert_eq!(outcome.codes(), [(1, "id_missing")]);
    let seen: Vec<_> = outcome.rows.iter().map(|row| &row.observation).collect();
    assert_eq!(seen[0].key, seen[1].key);
    assert_eq!(
        (seen[0].condition, seen[1].condition, seen[2].condition),
        (Some(Condition::LikeNew), Some(Condition::LikeNew), None)
    );
    assert_eq!((seen[0].price, seen[1].price), (Some(Cents(65_000)), Some(Cents(60_000))));
    assert_eq!(seen[2].price_kind, PriceKind::Placeholder);
    assert_eq!(seen[0].attributes.get("mobile_os"), Some("tin can"));
    assert_eq!(seen[0].attributes.get("condition_word"), Some("excellent"));
    assert_eq!(seen[0].attributes.len(), 2);
    assert_eq!((seen[0].location.lat, seen[1].location.lat), (Some(32.8), None));
}

#[test]
fn words_say_that_a_thing_is_sold() {
    let text = "\
,Item ID,Title,Price,Condition,Description,Number_of_pictures,Delivery,Shipping,Distance,Ship_Location,Ship_Price,Location,City,State,Time
0,1,Phone A,Sold!,Used (normal wear),,1,x,x,1.0,,7.49,,City, CA,4 days 
1,2,Phone B,450.0,For Parts,write to a@b.example,1,x,x,1.0,,,,City, CA,13 minutes 
";
    let folder = Folder::new();
    let path = folder.file("IPhoneX_2019-11-23_221542.316816_Result_Offerup.csv", text);
    let files = open(&[path], shipped("phones-offerup.toml"), &SourceOptions::default()).unwrap();
    assert_eq!(
        (files[0].scan.query.as_str(), files[0].scan.complete),
        ("iphone x", Completeness::Known(false))
    );
    let outcome = collect(&files, 10);
    let seen: Vec<_> = outcome.rows.iter().map(|row| &row.observation).collect();
    assert_eq!((seen[0].status, seen[0].price_kind, seen[0].price), (Status::Sold, PriceKind::Sold, None));
    assert_eq!(seen[0].shipping_price, Some(Cents(749)));
    assert_eq!(seen[0].listed_at, Some(at("2019-11-20T06:15:42Z")));
    assert_eq!((seen[1].price, seen[1].condition), (Some(Cents(45_000)), Some(Condition::Parts)));
    assert_eq!(seen[1].location.state.as_deref(), Some("CA"));
    assert_eq!(seen[1].description.as_deref(), Some("write to [mail]"));
}

#[test]
fn vehicles_take_the_row_or_the_line_as_id() {
    let head = "price,model_year,model,condition,cylinders,fuel,odometer,transmission,type,paint_color,is_4wd,date_posted,days_listed";
    let row = "9400,2011.0,bmw x5,excellent,6,gas,145000.0,automatic,SUV,,1.0,6/23/18,19";
    let bare = "9400,,bmw x5,salvage,6,gas,,automatic,SUV,,,6/3/18,19";
    let vehicles = shipped("vehicles.toml");
    let folder = Folder::new();
    let by_line = read(&[folder.file("v.csv", format!("{head}\n{row}\n{bare}\n"))], &vehicles);
    let seen: Vec<_> = by_line.rows.iter().map(|row| &row.observation).collect();
    assert_eq!((seen[0].title.as_str(), seen[1].title.as_str()), ("2011 bmw x5", "bmw x5"));
    assert_eq!(
        (seen[0].attributes.get("odometer"), seen[0].attributes.get("is_4wd")),
        (Some("145000"), Some("1"))
    );
    assert_eq!(seen[0].observed_at, at("2018-06-23T12:00:00Z"));
    assert_eq!(seen[0].listed_at, Some(seen[0].observed_at));
    assert_eq!((seen[0].key.external_id.as_str(), seen[1].key.external_id.as_str()), ("0", "1"));
    assert!(seen[0].attributes.get("paint_color").is_none());
    let by_row = read(&[folder.file("w.csv", format!("row,{head}\n40703,{row}\n"))], &vehicles);
    assert_eq!(by_row.rows[0].observation.key.to_string(), "craigslist:40703");
}

#[test]
fn cents_unix_times_and_second_sights() {
    let mercari = "\
id,name,status,description,originalPrice,price,shippingPayerName,itemCategoryNameLevel0,itemCategoryNameLevel1,itemCategoryNameLevel2,photoLarge1,photoThumbnail1,photoLarge2,photoThumbnail2,brandName,itemSizeName,itemConditionName,categoryTitle,categoryId
m1,Top,trading,text,2500,1800,Buyer,Women,Tops,,https://x.example/1.jpg?1661830090,,https://x.example/2.jpg?1661830090000,,,M,Like new,t,1
";
    let outcome = read_with("m.csv", mercari, include_str!("../../../../../data/mappings/mercari.toml"));
    let seen = &outcome.rows[0].observation;
    assert_eq!((seen.price, seen.original_price), (Some(Cents(1_800)), Some(Cents(2_500))));
    assert_eq!((seen.status, seen.price_kind), (Status::Sold, PriceKind::Sold));
    assert_eq!((seen.category.as_str(), seen.images.len()), ("women / tops", 2));
    assert_eq!(seen.observed_at, at("2022-08-30T03:28:10Z"));
    assert_eq!(seen.url.as_deref(), Some("https://www.mercari.com/us/item/m1/"));
    let german = "\
index,dateCrawled,name,seller,offerType,price,abtest,vehicleType,yearOfRegistration,gearbox,powerPS,model,kilometer,monthOfRegistration,fuelType,brand,notRepairedDamage,dateCreated,nrOfPictures,postalCode,lastSeen
7,2016-03-24 11:52:17,Golf_3_1.6,privat,Angebot,0,test,limousine,1993,manuell,0,golf,150000,0,benzin,volkswagen,ja,2016-03-24 00:00:00,0,70435,2016-04-07 03:16:57
";
    let outcome = read_with("k.csv", german, include_str!("../../../../../data/mappings/kleinanzeigen.toml"));
    let row = &outcome.rows[0];
    assert_eq!(
        (row.observation.title.as_str(), row.observation.price_kind),
        ("Golf 3 1.6", PriceKind::OnRequest)
    );
    assert_eq!(row.observation.observed_at, at("2016-03-24T10:52:17Z"));
    assert_eq!(row.also_seen_at, Some(at("2016-04-07T01:16:57Z")));
    assert_eq!(row.observation.attributes.get("fuel"), Some("gas"));
    assert_eq!(row.observation.attributes.get("odometer_km"), Some("150000"));
    assert!(row.observation.attributes.get("power_ps").is_none());
}
