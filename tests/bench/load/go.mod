module example.org/frostglass/load

go 1.25
