//! Small symmetric systems: dozens of unknowns.

/// A symmetric matrix, row after row.
#[derive(Debug, Clone)]
pub(crate) struct Symmetric {
    size: usize,
    cells: Vec<f64>,
}

impl Symmetric {
    /// With this diagonal and zeros beside.
    pub(crate) fn diagonal(values: &[f64]) -> Self {
        let size = values.len();
        let mut cells = vec![0.0; size * size];
        for (i, value) in values.iter().enumerate() {
            cells[i * size + i] = *value;
        }
        Self { size, cells }
    }

    /// Adds `weight` × the outer product of a sparse vector with itself.
    pub(crate) fn add_outer(&mut self, vector: impl Iterator<Item = (usize, f64)> + Clone, weight: f64) {
        if weight == 0.0 {
            return;
        }
        for (i, x) in vector.clone() {
            for (j, y) in vector.clone() {
                self.cells[i * self.size + j] += weight * x * y;
            }
        }
    }

    /// Solves for a right-hand side. Where the matrix is not positive definite, as much of its
    /// diagonal is added as makes it so (Levenberg): the result still points uphill.
    pub(crate) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let factor = self.factor();
        let size = self.size;
        let mut x = right.to_vec();
        for i in 0..size {
            let done: f64 = (0..i).map(|j| factor[i * size + j] * x[j]).sum();
            x[i] = (x[i] - done) / factor[i * size + i];
        }
        for i in (0..size).rev() {
            let done: f64 = (i + 1..size).map(|j| factor[j * size + i] * x[j]).sum();
            x[i] = (x[i] - done) / factor[i * size + i];
        }
        x
    }

    /// A diagonal cell of the inverse.
    pub(crate) fn inverse_diagonal(&self, i: usize) -> f64 {
        let mut unit = vec![0.0; self.size];
        unit[i] = 1.0;
        self.solve(&unit)[i]
    }

    /// Cholesky's factor, of the matrix or of the nearest one tried that has one.
    fn factor(&self) -> Vec<f64> {
        let mut added = 0.0;
        loop {
            if let Some(factor) = self.try_factor(added) {
                return factor;
            }
            added = if added == 0.0 { 1e-6 } else { added * 10.0 };
        }
    }

    /// `None` unless positive definite with `added` × (diagonal + 1) on top. With `added` large
    /// every finite matrix is; one that is not finite gets the unit matrix.
    fn try_factor(&self, added: f64) -> Option<Vec<f64>> {
        let size = self.size;
        let mut factor = vec![0.0; size * size];
        for i in 0..size {
            for j in 0..=i {
                let known: f64 = (0..j).map(|k| factor[i * size + k] * factor[j * size + k]).sum();
                let mut cell = self.cells[i * size + j] - known;
                if i == j {
                    cell += added * (self.cells[i * size + i].abs() + 1.0);
                    if added > 1e12 {
                        cell = 1.0;
                    }
                    if cell.is_nan() || cell <= 1e-12 {
                        return None;
                    }
                    factor[i * size + i] = cell.sqrt();
                } else {
                    factor[i * size + j] = cell / factor[j * size + j];
                }
            }
        }
        Some(factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solves_what_it_was_made_of() {
        let mut matrix = Symmetric::diagonal(&[4.0, 3.0]);
        matrix.add_outer([(0, 1.0), (1, 2.0)].into_iter(), 1.0);
        // [[5, 2], [2, 7]] x = [9, 16] has x = [1, 2].
        let x = matrix.solve(&[9.0, 16.0]);
        assert!((x[0] - 1.0).abs() < 1e-12 && (x[1] - 2.0).abs() < 1e-12, "{x:?}");
        assert!((matrix.inverse_diagonal(0) - 7.0 / 31.0).abs() < 1e-12);
    }

    #[test]
    fn a_saddle_is_answered_uphill() {
        let x = Symmetric::diagonal(&[1.0, -1.0]).solve(&[1.0, 1.0]);
        assert!(x.iter().all(|x| x.is_finite() && *x > 0.0), "{x:?}");
    }
}
