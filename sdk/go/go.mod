module github.com/pensyve/pensyve-go

go 1.22
