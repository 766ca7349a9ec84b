def traffic(recording): return []
