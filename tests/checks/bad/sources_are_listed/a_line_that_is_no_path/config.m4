reads src/sources.list
