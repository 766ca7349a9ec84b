// What this phone has answered.
