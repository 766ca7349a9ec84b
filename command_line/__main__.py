from command_line.main import main

main()
