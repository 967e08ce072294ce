use proptest::prelude::*;

use super::*;

fn candidate(deal: usize, value: f64, cost: i64) -> Candidate {
    let density = value / cost.max(1) as f64;
    Candidate { deal, value, cost, density, currency: 0, category: 0, seller: None, negotiates: false }
}

fn room(money: i64) -> Room {
    Room {
        money: vec![money],
        category: vec![i64::MAX / 2; 3],
        seller: vec![i64::MAX / 2; 3],
        items: 99,
        negotiations: 99,
    }
}

fn sorted(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    candidates.sort_by(|a, b| b.density.total_cmp(&a.density));
    candidates
}

fn value(candidates: &[Candidate], chosen: &[usize]) -> f64 {
    chosen.iter().map(|&i| candidates[i].value).sum()
}

/// The best of all subsets.
fn optimum(candidates: &[Candidate], room: &Room) -> f64 {
    let mut best = 0.0_f64;
    for subset in 0_u32..1 << candidates.len() {
        let mut room = room.clone();
        let mut sum = 0.0;
        let fits =
            candidates.iter().enumerate().filter(|(i, _)| subset >> i & 1 == 1).all(|(_, candidate)| {
                let fits = room.obstacle(candidate).is_none();
                room.take(candidate);
                sum += candidate.value;
                fits
            });
        if fits {
            best = best.max(sum);
        }
    }
    best
}

fn by_value(candidates: &[Candidate]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..candidates.len()).collect();
    order.sort_by(|&a, &b| candidates[b].value.total_cmp(&candidates[a].value));
    order
}

/// A thousand made-up pools of twelve: the rule of thumb reaches nearly all of the optimum.
#[test]
fn on_average_exchanges_leave_nothing() {
    let mut state = 1_u64;
    let mut draw = |below: i64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) as i64) % below
    };
    let (mut found, mut best) = (0.0, 0.0);
    for _ in 0..1_000 {
        let pool = sorted(
            (0..12)
                .map(|i| Candidate {
                    negotiates: draw(2) == 0,
                    ..candidate(i, (1 + draw(99)) as f64, 1 + draw(60))
                })
                .collect(),
        );
        let limits = Room { items: 1 + draw(8), negotiations: draw(6), ..room(20 + draw(180)) };
        found += value(&pool, &heuristic(&pool, &by_value(&pool), &limits));
        best += optimum(&pool, &limits);
    }
    println!("heuristic reaches {:.4} of the optimum", found / best);
    assert!(found >= 0.995 * best, "{found} of {best}");
}

#[test]
fn exchanges_mend_what_greed_spoils() {
    // The densest deal leaves no room for the most valuable one.
    let candidates = sorted(vec![candidate(0, 6.0, 10), candidate(1, 50.0, 100)]);
    assert_eq!(value(&candidates, &heuristic(&candidates, &by_value(&candidates), &room(100))), 50.0);
    // One makes room for two.
    let candidates = sorted(vec![candidate(0, 60.0, 60), candidate(1, 45.0, 50), candidate(2, 45.0, 50)]);
    assert_eq!(value(&candidates, &heuristic(&candidates, &by_value(&candidates), &room(100))), 90.0);
}

#[test]
fn no_room_no_deal() {
    let candidates = [candidate(0, 6.0, 10)];
    for empty in [room(0), Room { items: 0, ..room(100) }, room(-5)] {
        assert_eq!(choose(&candidates, &empty), Vec::<usize>::new());
    }
    let talks = [Candidate { negotiates: true, ..candidates[0] }];
    assert!(choose(&talks, &Room { negotiations: 0, ..room(100) }).is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn near_the_optimum_and_never_over_a_limit(
        drawn in prop::collection::vec((1_u32..100, 1_i64..60, 0_usize..3, 0_usize..3, any::<bool>()), 1..12),
        money in 0_i64..200,
        category in 20_i64..150,
        seller in 20_i64..150,
        items in 0_i64..8,
        negotiations in 0_i64..6,
    ) {
        let candidates = sorted(drawn.iter().enumerate().map(|(i, &(value, cost, category, seller, negotiates))| {
            Candidate { category, seller: Some(seller), negotiates, ..candidate(i, f64::from(value), cost) }
        }).collect());
        let limits = Room { money: vec![money], category: vec![category; 3], seller: vec![seller; 3], items, negotiations };
        let by_value = by_value(&candidates);
        let chosen = heuristic(&candidates, &by_value, &limits);
        let mut left = limits.clone();
        for &i in &chosen {
            prop_assert!(left.obstacle(&candidates[i]).is_none());
            left.take(&candidates[i]);
        }
        let (found, best) = (value(&candidates, &chosen), optimum(&candidates, &limits));
        prop_assert!(found <= best);
        prop_assert!(found >= 0.6 * best, "{found} of {best}");
        // The sum's order may differ: the same set up to the last bit.
        let exact = value(&candidates, &choose(&candidates, &limits));
        prop_assert!((exact - best).abs() <= 1e-9 * best);
    }

    #[test]
    fn equal_deals_are_exact(
        value_each in 1_u32..50, cost in 1_i64..40, count in 1_usize..12, money in 0_i64..300, items in 0_i64..9,
    ) {
        let candidates: Vec<Candidate> = (0..count).map(|i| candidate(i, f64::from(value_each), cost)).collect();
        let limits = Room { items, ..room(money) };
        let chosen = heuristic(&candidates, &by_value(&candidates), &limits);
        prop_assert_eq!(value(&candidates, &chosen), optimum(&candidates, &limits));
    }
}
