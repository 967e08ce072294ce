//! Small pages in the venues' formats. The goods and people in them are invented.

/// A card of eBay's newer markup.
pub(super) fn ebay_card(id: &str, title: &str, price: &str, rows: &[&str], caption: &str) -> String {
    let rows: String = rows
        .iter()
        .map(|row| format!("<div class=\"s-card__attribute-row\"><span>{row}</span></div>"))
        .collect();
    format!(
        "<li class=\"s-card s-card--horizontal\" data-listingid=\"{id}\"><a class=\"s-card__link\" \
         href=\"https://www.ebay.com/itm/{id}?hash=x&amp;y=1\"><img src=\"https://i.ebayimg.com/images/g/{id}/s-l500.webp\"></a>\
         {caption}<a class=\"s-card__link\" href=\"https://www.ebay.com/itm/{id}?z\"><div class=\"s-card__title\"><span>{title}</span>\
         <span class=\"clipped\">Opens in a new window or tab</span></div></a><div class=\"s-card__subtitle\"><span>Pre-Owned</span></div>\
         <div class=\"s-card__attribute-row\">{price}</div>{rows}</li>"
    )
}

pub(super) fn ebay_price(text: &str) -> String {
    format!("<span class=\"s-card__price\">{text}</span>")
}

pub(super) fn ebay_page(heading: &str, cards: &str) -> String {
    let stub = "<div class=\"s-clipped\"><li class=\"s-card\"><a class=\"s-card__link\" href=\"https://ebay.com/itm/123456?a\">\
                <div class=\"s-card__title\">Shop on eBay</div></a><div class=\"s-card__attribute-row\"><span class=\"s-card__price\">$20.00</span></div></li></div>";
    format!(
        "<!DOCTYPE html><html><head><title>Lamp for sale | eBay</title><link rel=canonical href=https://www.ebay.com/sch/i.html>\
         <script src=\"https://ir.ebaystatic.com/a.js\"></script></head><body><h1 class=\"srp-controls__count-heading\">{heading}</h1>{stub}\
         <ul class=\"srp-results srp-list\">{cards}</ul><div class=\"carousel\"><ul><li class=\"s-card\"><a class=\"s-card__link\" \
         href=\"https://www.ebay.com/itm/999999999999\"><div class=\"s-card__title\">An advert</div></a>\
         <span class=\"s-card__price\">$1.00</span></li></ul></div>\
         <a class=\"pagination__next\" href=\"https://www.ebay.com/sch/i.html?_nkw=lamp&amp;_pgn=2\"></a></body></html>"
    )
}

/// The page in eBay's older markup.
pub(super) fn ebay_old_page() -> String {
    "<html><head><title>Lamp for sale | eBay</title><script src='https://ir.ebaystatic.com/a.js'></script></head><body>\
     <ul class=srp-results><li class=s-item><a class=s-item__link href=https://ebay.com/itm/123456?x><div class=s-item__title>Shop on eBay</div></a>\
     <span class=s-item__price>$20.00</span><li class='s-item s-item__pl-on-bottom'><a class=s-item__link href='https://www.ebay.co.uk/itm/nice-lamp/334377840810?q=1'>\
     <div class=s-item__title><span role=heading><span class=LIGHT_HIGHLIGHT>New Listing</span>Brass lamp</span></div></a>\
     <div class=s-item__subtitle><span class=SECONDARY_INFO>Parts Only</span> · Acme</div>\
     <div class=s-item__detail><span class=s-item__price>£12.50</span></div><div class=s-item__detail><span class='s-item__bids s-item__bidCount'>3 bids</span></div>\
     <div class=s-item__detail><span class=s-item__shipping>+£3.20 postage</span></div>\
     <div class=s-item__detail><span class=s-item__seller-info-text>lampman (1,204) 99.1%</span></div></ul></body></html>"
        .to_owned()
}

/// An item's page as eBay shows it, with parts of it replaced.
pub(super) fn ebay_item(status: &str, replaced: &[(&str, &str)]) -> String {
    let page = format!(
        "<!DOCTYPE html><html><head><title>Brass lamp, working | eBay</title>\
         <link rel=canonical href='https://www.ebay.com/itm/376726124899'>\
         <meta property='og:title' content='Brass lamp, working | eBay'>\
         <script src='https://ir.ebaystatic.com/a.js'></script></head><body>\
         <nav><a class=seo-breadcrumb-text><span>Home &amp; Garden</span></a><a class=seo-breadcrumb-text><span>Lamps</span></a></nav>{status}\
         <div class='ux-image-carousel-item'><img src='https://i.ebayimg.com/a/s-l500.jpg' data-zoom-src='https://i.ebayimg.com/a/s-l1600.jpg'></div>\
         <h1 class='x-item-title__mainTitle'><span class='ux-textspans ux-textspans--BOLD'>Brass lamp, working</span>\
         <span class=clipped>Opens in a new window</span></h1>\
         <div class='x-sellercard-atf'><div class='x-sellercard-atf__info__about-seller'><a href='https://www.ebay.com/str/lampman'>\
         <span class='ux-textspans ux-textspans--BOLD'>lampman</span></a> (1,204)</div>\
         <div class='x-sellercard-atf__data-item'>99.1% positive</div></div>\
         <div class='x-price-section'><div class='x-bin-price'><div class='x-price-primary'><span class=ux-textspans>US $1,234.50</span></div>\
         <div class='x-price-approx'>Approximately £980.00</div>\
         <div class='x-additional-info'>Was <span class='ux-textspans--STRIKETHROUGH'>US $1,500.00</span> (18% off)</div></div></div>\
         <div class='x-offer-action'><a>Make offer</a></div>\
         <div class='x-item-condition-text'><span class=ux-textspans>Used</span><span class=clipped>Used</span></div>\
         <div class='ux-labels-values ux-labels-values--shipping'><div class='ux-labels-values__labels'>Shipping:</div>\
         <div class='ux-labels-values__values'><span class='ux-textspans ux-textspans--BOLD'>US $12.40</span> USPS Ground\
         <span class='ux-textspans ux-textspans--SECONDARY'>Located in: Brooklyn, New York, United States</span></div></div>\
         <dl class='ux-labels-values ux-labels-values--condition'><dt class='ux-labels-values__labels'>Condition</dt>\
         <dd class='ux-labels-values__values'>Used: a dent in the shade</dd></dl>\
         <dl class='ux-labels-values ux-labels-values--material'><dt class='ux-labels-values__labels'>Material</dt>\
         <dd class='ux-labels-values__values'>Brass</dd></dl>\
         <div class=carousel><span class=price>$1.00</span>An advert</div></body></html>"
    );
    replaced.iter().fold(page, |page, (from, to)| {
        assert!(page.contains(from), "{from}");
        page.replace(from, to)
    })
}

/// An item's page that tells machines alone: JSON-LD and Open Graph.
pub(super) const EBAY_ITEM_DATA: &str = "<html><head><title>Lampe | eBay</title><meta property='og:url' content='https://www.ebay.de/itm/376726124900'>\
     <meta property='og:image' content='https://i.ebayimg.com/b/s-l400.jpg'><script src='https://ir.ebaystatic.com/a.js'></script>\
     <script type='application/ld+json'>{\"@context\":\"https://schema.org\",\"@type\":\"BreadcrumbList\",\"itemListElement\":[\
     {\"@type\":\"ListItem\",\"position\":1,\"name\":\"Möbel\"},{\"@type\":\"ListItem\",\"position\":2,\"name\":\"Lampen\"}]}</script>\
     <script type='application/ld+json'>{\"@type\":\"Product\",\"name\":\"Messinglampe\",\"image\":[\"https://i.ebayimg.com/b/s-l1600.jpg\"],\
     \"brand\":{\"@type\":\"Brand\",\"name\":\"Acme\"},\"offers\":{\"@type\":\"Offer\",\"url\":\"https://www.ebay.de/itm/376726124900\",\
     \"itemCondition\":\"https://schema.org/UsedCondition\",\"priceCurrency\":\"EUR\",\"price\":\"45.9\",\"shippingDetails\":[{\
     \"@type\":\"OfferShippingDetails\",\"shippingRate\":{\"@type\":\"MonetaryAmount\",\"value\":\"4.99\",\"currency\":\"EUR\"}}]}}</script></head><body></body></html>";

/// An item's page as it was before 2021.
pub(super) const EBAY_OLD_ITEM: &str = "<html><head><title>Brass lamp | eBay</title><script src='https://ir.ebaystatic.com/a.js'></script>\
     <link rel=canonical href='https://www.ebay.co.uk/itm/Brass-lamp-/334377840810'></head><body>\
     <h1 class=it-ttl id=itemTitle><span class=g-hdn>Details about  &nbsp;</span>Brass lamp</h1><span id=prcIsum>£12.50</span>\
     <div id=vi-itm-cond>For parts or not working</div><span id=fshippingCost>Free</span><div id=descItemNumber>334377840810</div>\
     <img src='https://i.ebayimg.com/c.jpg'></body></html>";

pub(super) const EBAY_WALL: &str = "<html><head><title>Pardon Our Interruption...</title><link rel=dns-prefetch href=//ir.ebaystatic.com></head><body>As you were browsing…</body></html>";

/// An answer of the Browse API with these items.
pub(super) fn ebay_api(items: &str, total: u32) -> String {
    format!(
        "{{\"href\":\"https://api.ebay.com/buy/browse/v1/item_summary/search?q=brass+lamp&limit=200\",\"total\":{total},\
         \"next\":\"https://api.ebay.com/buy/browse/v1/item_summary/search?q=brass+lamp&limit=200&offset=200\",\"limit\":200,\"offset\":0,\"itemSummaries\":[{items}]}}"
    )
}

pub(super) fn ebay_api_item(id: &str, title: &str, more: &str) -> String {
    format!(
        "{{\"itemId\":\"v1|{id}|0\",\"legacyItemId\":\"{id}\",\"title\":\"{title}\",\"conditionId\":\"7000\",\"itemWebUrl\":\"https://www.ebay.com/itm/{id}?hash=1\",{more}}}"
    )
}

pub(super) fn craigslist_row(id: &str, title: &str, price: &str) -> String {
    format!(
        "<li class=\"cl-static-search-result\" title=\"{title}\"><a href=\"https://sfbay.craigslist.org/eby/for/d/oakland-lamp/{id}.html\">\
         <div class=\"title\">{title}</div><div class=\"details\"><div class=\"price\">{price}</div><div class=\"location\">oakland</div></div></a></li>"
    )
}

pub(super) fn craigslist_page(rows: &str, data: &str) -> String {
    format!(
        "<html><head><title>SF bay area for sale \"lamp\" - craigslist</title><link rel=canonical href=\"https://sfbay.craigslist.org/search/sss?query=brass%20lamp\">\
         <script type=\"application/ld+json\" id=\"ld_searchpage_results\">{{\"itemListElement\":[{data}]}}</script></head>\
         <body><ol class=\"cl-static-search-results\"><li class=\"cl-static-hub-links\"><a href=\"https://sfbay.craigslist.org/\">see also</a></li>{rows}</ol></body></html>"
    )
}

pub(super) const CRAIGSLIST_POSTING: &str = "<html><head><title>Brass lamp - craigslist</title><link rel=canonical href=\"https://seattle.craigslist.org/see/for/d/brass-lamp/7552653000.html\">\
     <meta name=\"geo.placename\" content=\"Everett\"><meta name=\"geo.region\" content=\"US-WA\"></head><body><ul><li class=\"crumb category\"><p><a>antiques</a></p></li></ul>\
     <time class=\"date timeago\" datetime=\"2022-11-01T20:07:31-0700\"></time><h1 class=\"postingtitle\"><span class=\"postingtitletext\"><span id=\"titletextonly\">Brass lamp</span> - <span class=\"price\">$1</span></span></h1>\
     <a class=\"thumb\" href=\"https://images.craigslist.org/a_600x450.jpg\"></a><div id=\"map\" data-latitude=\"47.9\" data-longitude=\"-122.2\"></div>\
     <p class=\"attrgroup\"><span>condition: <b>like new</b></span><br><span>works</span></p>\
     <section id=\"postingbody\"><div class=\"print-information\">QR</div>Call 206 555 0142<br>Nice.</section></body></html>";

pub(super) fn craigslist_api(items: &str, decode: &str) -> String {
    format!(
        "{{\"apiVersion\":8,\"data\":{{\"items\":[{items}],\"totalResultCount\":2,\"decode\":{decode}}}}}"
    )
}

pub(super) fn facebook_edge(id: &str, title: &str, price: &str, more: &str) -> String {
    format!(
        "{{\"node\":{{\"__typename\":\"MarketplaceFeedListingStoryObject\",\"listing\":{{\"id\":\"{id}\",\"marketplace_listing_title\":\"{title}\",\"listing_price\":{price},\
         \"location\":{{\"reverse_geocode\":{{\"city\":\"Houston\",\"state\":\"TX\"}}}},\"marketplace_listing_seller\":{{\"id\":\"55\",\"name\":\"A\"}}{more}}}}}}}"
    )
}

/// A search page; `shell` holds the JSON somewhere inside.
pub(super) fn facebook_page(edges: &str) -> String {
    format!(
        "<html id=\"facebook\"><head><title>Facebook</title><script src=\"https://static.xx.fbcdn.net/a.js\"></script></head><body>\
         <script type=\"application/json\" data-sjs>{{\"require\":[[\"x\",[{{\"deep\":{{\"marketplace_search\":{{\"feed_units\":{{\"edges\":[{edges}],\
         \"page_info\":{{\"end_cursor\":\"next\",\"has_next_page\":true}}}}}}}}}}]]]}}</script></body></html>"
    )
}

pub(super) const FACEBOOK_LISTING: &str = "<html id=\"facebook\"><head><title>Marketplace - Brass lamp | Facebook</title></head><body><script src=\"https://static.xx.fbcdn.net/a.js\"></script>\
     <script type=\"application/json\" data-sjs>{\"a\":{\"marketplace_product_details_page\":{\"target\":{\"id\":\"977\",\"marketplace_listing_title\":\"Brass\\nlamp\",\
     \"redacted_description\":{\"text\":\"Works\"},\"creation_time\":1736478689,\"location_text\":{\"text\":\"Delft, ZH\"},\"listing_price\":{\"amount\":\"1234.50\",\"currency\":\"EUR\"},\
     \"condition\":\"PC_USED_LIKE_NEW\",\"is_pending\":true}}}}</script>\
     <script type=\"application/json\">{\"id\":\"977\",\"listing_photos\":[{\"image\":{\"uri\":\"https://scontent.fbcdn.net/1.jpg\"}},{\"image\":{\"uri\":\"https://scontent.fbcdn.net/2.jpg\"}}]}</script>\
     <script type=\"application/json\">{\"feed_units\":{\"edges\":[{\"node\":{\"listing\":{\"id\":\"1\",\"marketplace_listing_title\":\"Something else\",\"listing_price\":{\"amount\":\"5.00\"}}}}]}}</script></body></html>";

pub(super) const FACEBOOK_WALL: &str = "<html id=\"facebook\"><head><title>Log in to Facebook | Facebook</title><script src=\"https://static.xx.fbcdn.net/a.js\"></script></head>\
     <body><form id=\"login_form\"><input name=\"email\"><input name=\"pass\" type=\"password\"></form></body></html>";

pub(super) fn mercari_item(id: &str, name: &str, price: &str, status: &str) -> String {
    format!(
        "{{\"__typename\":\"Item\",\"id\":\"{id}\",\"name\":\"{name}\",\"price\":{price},\"originalPrice\":5000,\"status\":\"{status}\",\
         \"itemCondition\":{{\"name\":\"Like new\"}},\"brand\":{{\"name\":\"Acme\"}},\"shippingPayer\":{{\"code\":\"seller\"}},\
         \"photos\":[{{\"large\":\"https://u-mercari-images.mercdn.net/photos/{id}_1.jpg\"}}],\"itemCategoryHierarchy\":[{{\"name\":\"Home\"}},{{\"name\":\"Lamps\"}}]}}"
    )
}

pub(super) fn mercari_answer(items: &str) -> String {
    format!("{{\"data\":{{\"search\":{{\"count\":2,\"itemsList\":[{items}]}}}}}}")
}

pub(super) fn offerup_tile(id: &str, title: &str, price: &str, more: &str) -> String {
    format!(
        "{{\"tileType\":\"LISTING\",\"listing\":{{\"listingId\":\"{id}\",\"title\":\"{title}\",\"price\":\"{price}\",\"locationName\":\"Salem, MA\",\"flags\":[\"LOCAL_PICKUP\"]{more}}}}}"
    )
}

pub(super) const OFFERUP_ADVERTS: &str = "{\"tileType\":\"AD_3P_BING\",\"bingAd\":{\"title\":\"Buy lamps\"}},{\"tileType\":\"AD_1P\",\"listing\":{\"listingId\":\"ad\",\"title\":\"Paid\",\"price\":\"9\"}}";

pub(super) fn offerup_answer(tiles: &str) -> String {
    format!(
        "{{\"data\":{{\"modularFeed\":{{\"looseTiles\":[{tiles}],\"pageCursor\":\"c2\",\"query\":{{\"originalQuery\":\"Lamp\"}}}}}}}}"
    )
}

/// The same in a page.
pub(super) fn offerup_page(tiles: &str) -> String {
    format!(
        "<html><head><title>Lamp for sale - OfferUp</title><link rel=\"icon\" href=\"https://offerup.com/a.ico\"><meta property=\"og:url\" content=\"https://offerup.com/search\"></head>\
         <body><script id=\"__NEXT_DATA__\" type=\"application/json\">{{\"props\":{{\"pageProps\":{{\"searchFeedResponse\":{{\"looseTiles\":[{tiles}]}}}}}}}}</script></body></html>"
    )
}

/// A wall of a venue whose pages name this host.
pub(super) fn wall(host: &str, title: &str) -> String {
    format!(
        "<html><head><title>{title}</title><link rel=icon href=https://{host}/a.ico></head><body><a href=https://{host}/help>Help</a></body></html>"
    )
}

/// A page of a venue in which nothing is where it was.
pub(super) fn changed(host: &str) -> String {
    format!(
        "<html><head><title>Lamps</title><link rel=icon href=https://{host}/a.ico></head><body><main class=new-grid><article><a href=https://{host}/x/1>Lamp</a> $5</article></main></body></html>"
    )
}
