def traffic(recording):
    return []
