//! Solutions back to what they were made from, and factors mended against factors made anew.

use super::*;

/// The five-point Laplacian of an m × m grid plus `shift` on the diagonal.
fn grid(m: usize, shift: f64) -> (Vec<(usize, usize)>, Vec<f64>, Vec<f64>) {
    let mut pairs = Vec::new();
    let mut diagonal = vec![shift; m * m];
    for row in 0..m {
        for column in 0..m {
            let i = row * m + column;
            for j in [(column + 1 < m).then_some(i + 1), (row + 1 < m).then_some(i + m)].into_iter().flatten() {
                pairs.push((i, j));
                diagonal[i] += 1.0;
                diagonal[j] += 1.0;
            }
        }
    }
    let off = vec![-1.0; pairs.len()];
    (pairs, diagonal, off)
}

fn multiply(pairs: &[(usize, usize)], diagonal: &[f64], off: &[f64], x: &[f64]) -> Vec<f64> {
    let mut y: Vec<f64> = diagonal.iter().zip(x).map(|(d, x)| d * x).collect();
    for (&(a, b), v) in pairs.iter().zip(off) {
        if a != b {
            y[a] += v * x[b];
            y[b] += v * x[a];
        }
    }
    y
}

#[test]
fn solves_a_grid_back_to_the_vector_it_was_made_from() {
    let (pairs, diagonal, off) = grid(40, 1e-3);
    let x: Vec<f64> = (0..1600).map(|i| f64::from(i).sin()).collect();
    let mut b = multiply(&pairs, &diagonal, &off, &x);
    let symbolic = Symbolic::analyze(1600, &pairs);
    let mut factor = Factor::default();
    symbolic.factor(&diagonal, &off, 0.0, &mut factor).unwrap();
    symbolic.solve(&mut factor, &mut b);
    for (a, b) in x.iter().zip(&b) {
        assert!((a - b).abs() < 1e-9, "{a} {b}");
    }
    // A banded factor of the natural order would hold 40 entries in each of 1,600 columns.
    assert!(symbolic.entries() < 1600 * 40 / 2, "{}", symbolic.entries());
}

#[test]
fn a_tree_has_no_fill_and_repeated_pairs_add_up() {
    let pairs: Vec<(usize, usize)> = (1..500).map(|i| (i, (i - 1) / 2)).collect();
    assert_eq!(Symbolic::analyze(500, &pairs).entries(), 499);
    // [[4, -1-2], [-3, 5]] x = [1, 2] has the solution (11/11, 11/11).
    let symbolic = Symbolic::analyze(2, &[(0, 1), (1, 0), (1, 1), (7, 0)]);
    let mut factor = Factor::default();
    symbolic.factor(&[4.0, 5.0], &[-1.0, -2.0, 9.0, 9.0], 0.0, &mut factor).unwrap();
    let mut x = [1.0, 2.0];
    symbolic.solve(&mut factor, &mut x);
    assert!((x[0] - 1.0).abs() < 1e-15 && (x[1] - 1.0).abs() < 1e-15, "{x:?}");
}

#[test]
fn a_matrix_that_is_not_positive_names_its_row_or_is_mended_on_request() {
    let symbolic = Symbolic::analyze(2, &[(0, 1)]);
    let mut factor = Factor::default();
    assert!(symbolic.factor(&[1.0, 1.0], &[-1.0], 0.0, &mut factor).is_err());
    assert!(symbolic.factor(&[f64::NAN, 1.0], &[-1.0], 1e-13, &mut factor).is_err());
    assert!(symbolic.factor(&[1.0, 1.0], &[-1.0], 1e-13, &mut factor).is_ok());
    assert_eq!(factor.replaced, 1);
}

/// A chain of conductance 1 that hangs on a tie of 1e-18: its pivot is all rounding unless nothing is subtracted.
#[test]
fn a_weak_tie_is_kept_where_nothing_is_subtracted() {
    let pairs: Vec<(usize, usize)> = (1..20).map(|i| (i - 1, i)).collect();
    let off: Vec<f64> = (1..20).map(|i| -1.0 / f64::from(i)).collect();
    let mut ties = vec![0.0; 20];
    ties[7] = 1e-18;
    let symbolic = Symbolic::analyze(20, &pairs);
    let mut factor = Factor::default();
    symbolic.factor_ties(&ties, &off, &mut factor).unwrap();
    let mut x = vec![0.0; 20];
    x[12] = 1.0;
    symbolic.solve(&mut factor, &mut x);
    // All that goes in leaves by the tie.
    assert!(x.iter().all(|x| (x * 1e-18 - 1.0).abs() < 1e-12), "{x:?}");
    ties[7] = 0.0;
    assert!(symbolic.factor_ties(&ties, &off, &mut factor).is_err());
}

/// A mended factor is one of the changed matrix, and going back leads back.
#[test]
fn a_changed_pair_changes_the_factor_as_a_new_one_would() {
    let (pairs, mut diagonal, mut off) = grid(12, 1e-2);
    let symbolic = Symbolic::analyze(144, &pairs);
    let (mut mended, mut fresh) = (Factor::default(), Factor::default());
    symbolic.factor(&diagonal, &off, 0.0, &mut mended).unwrap();
    for (pair, change) in [(5, 0.7), (100, -0.6), (201, 30.0), (5, -0.7)] {
        let (a, b) = pairs[pair];
        off[pair] -= change;
        diagonal[a] += change;
        diagonal[b] += change;
        assert!(symbolic.update(&mut mended, (Some(a), Some(b)), change));
    }
    diagonal[77] += 2.0;
    assert!(symbolic.update(&mut mended, (None, Some(77)), 2.0));
    symbolic.factor(&diagonal, &off, 0.0, &mut fresh).unwrap();
    let (mut x, mut y) = (vec![1.0; 144], vec![1.0; 144]);
    symbolic.solve(&mut mended, &mut x);
    symbolic.solve(&mut fresh, &mut y);
    assert!(x.iter().zip(&y).all(|(x, y)| (x / y - 1.0).abs() < 1e-11));
    // Taking more than there is leaves no positive matrix.
    assert!(!symbolic.update(&mut mended, (Some(77), None), -100.0));
}

#[test]
fn random_patterns_solve_and_refactor() {
    let mut seed = 7_u64;
    let mut next = move || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize
    };
    for _ in 0..60 {
        let n = 1 + next() % 60;
        let pairs: Vec<(usize, usize)> = (0..next() % (4 * n)).map(|_| (next() % n, next() % n)).collect();
        let symbolic = Symbolic::analyze(n, &pairs);
        let mut factor = Factor::default();
        for scale in [1.0, 3.0] {
            let off: Vec<f64> = pairs.iter().map(|_| -scale * (1 + next() % 9) as f64).collect();
            let mut diagonal = vec![0.5; n];
            for (&(a, b), v) in pairs.iter().zip(&off) {
                diagonal[a] -= v;
                diagonal[b] -= v;
            }
            let x: Vec<f64> = (0..n).map(|_| (next() % 100) as f64 - 50.0).collect();
            let mut b = multiply(&pairs, &diagonal, &off, &x);
            let mut same = b.clone();
            symbolic.factor(&diagonal, &off, 0.0, &mut factor).unwrap();
            symbolic.solve(&mut factor, &mut b);
            assert!(x.iter().zip(&b).all(|(a, b)| (a - b).abs() < 1e-9));
            // A pair of a row with itself counts on the diagonal here.
            let loops = |i: usize| pairs.iter().zip(&off).filter(|((a, b), _)| *a == i && *b == i).map(|(_, v)| -2.0 * v).sum::<f64>();
            let ties: Vec<f64> = (0..n).map(|i| 0.5 + loops(i)).collect();
            symbolic.factor_ties(&ties, &off, &mut factor).unwrap();
            symbolic.solve(&mut factor, &mut same);
            assert!(x.iter().zip(&same).all(|(a, b)| (a - b).abs() < 1e-9));
        }
    }
}
