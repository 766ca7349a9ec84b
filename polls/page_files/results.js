// Histograms of rounds.
