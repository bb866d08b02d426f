module github.com/major7apps/pensyve/pensyve-go

go 1.22
