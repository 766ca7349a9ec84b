"""What a recording of a launch shows.

races       two threads, one element, nothing between them
conflicts   finds them among millions of accesses
traffic     warps' requests: the sectors of global memory and the banks of shared memory that they touch
advice      what a request costs, and how it would cost less
pictures    a request drawn, as SVG and as text
"""
