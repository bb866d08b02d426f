package pensyve

import (
	"reflect"
	"testing"
)

func TestChallengesAreReadAsTheStandardWritesThem(t *testing.T) {
	type parameters = map[string]string
	cases := []struct {
		headers []string
		want    []challenge
	}{
		{[]string{`Bearer`}, []challenge{{"Bearer", parameters{}}}},
		{[]string{`Bearer scope="a b", Error = plain`}, []challenge{{"Bearer", parameters{"scope": "a b", "error": "plain"}}}},
		{[]string{`Bearer realm="a, DPoP b=\"c\"",scope="x"`}, []challenge{{"Bearer", parameters{"realm": `a, DPoP b="c"`, "scope": "x"}}}},
		{[]string{`Bearer a="1", DPoP b="2"`}, []challenge{{"Bearer", parameters{"a": "1"}}, {"DPoP", parameters{"b": "2"}}}},
		{[]string{`Negotiate, Bearer a=1`}, []challenge{{"Negotiate", parameters{}}, {"Bearer", parameters{"a": "1"}}}},
		{[]string{`Bearer a=1`, `DPoP b=2`}, []challenge{{"Bearer", parameters{"a": "1"}}, {"DPoP", parameters{"b": "2"}}}},
		{[]string{``, ` , ,`}, nil},
	}
	for _, each := range cases {
		if got := parseChallenges(each.headers); !reflect.DeepEqual(got, each.want) {
			t.Errorf("%q: got %v, want %v", each.headers, got, each.want)
		}
	}
}

func FuzzChallengesNeverFail(f *testing.F) {
	for _, seed := range []string{`Bearer scope="mcp"`, `"`, `=`, `a="\`, `Bearer =,`, `Negotiate abc==`, "\"x\" y=z,\t"} {
		f.Add(seed)
	}
	f.Fuzz(func(_ *testing.T, header string) { neededScope([]string{header}) })
}
