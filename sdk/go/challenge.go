package pensyve

import (
	"regexp"
	"strings"
)

// challenge is one scheme of a WWW-Authenticate header with its parameters (RFC 9110 section 11.6.1).
type challenge struct {
	scheme     string
	parameters map[string]string
}

// neededScope returns the scope that challenges name, that of a Bearer challenge first (RFC 6750 section 3), or "".
func neededScope(headers []string) string {
	other := ""
	for _, each := range parseChallenges(headers) {
		scope := each.parameters["scope"]
		if scope != "" && strings.EqualFold(each.scheme, "Bearer") {
			return scope
		}
		if other == "" {
			other = scope
		}
	}
	return other
}

var scopeName = regexp.MustCompile(`\bmcp(:[a-z]+)?\b`)

// scopeInText finds the scope in the message, for answers that lost their header on the way.
func scopeInText(refused *APIError) string {
	if refused.Code != "insufficient_scope" {
		return ""
	}
	return scopeName.FindString(refused.Message)
}

// parseChallenges reads all challenges of all header lines. Commas separate parameters and challenges alike: a word
// before "=" is a parameter, any other begins the next challenge. It never fails: what it cannot read it leaves out.
func parseChallenges(headers []string) []challenge {
	var found []challenge
	for _, header := range headers {
		found = append(found, parseHeader(header)...)
	}
	return found
}

func parseHeader(rest string) []challenge {
	var found []challenge
	for {
		rest = strings.TrimLeft(rest, " \t,")
		if rest == "" {
			return found
		}
		word := rest[:wordLength(rest)]
		rest = rest[len(word):]
		value, after, isParameter := parseValue(rest)
		switch {
		case isParameter && len(found) > 0:
			rest = after
			if word != "" {
				found[len(found)-1].parameters[strings.ToLower(word)] = value
			}
		case word == "":
			// Not a word at all: on to the next comma.
			rest = rest[skipTo(rest, ','):]
		default:
			found = append(found, challenge{scheme: word, parameters: map[string]string{}})
		}
	}
}

// parseValue reads "= value" or `= "quoted"`.
func parseValue(rest string) (value, after string, isParameter bool) {
	trimmed := strings.TrimLeft(rest, " \t")
	if !strings.HasPrefix(trimmed, "=") {
		return "", rest, false
	}
	trimmed = strings.TrimLeft(trimmed[1:], " \t")
	if !strings.HasPrefix(trimmed, `"`) {
		end := skipTo(trimmed, ',')
		return strings.TrimSpace(trimmed[:end]), trimmed[end:], true
	}
	var text strings.Builder
	for i := 1; i < len(trimmed); i++ {
		switch char := trimmed[i]; {
		case char == '"':
			return text.String(), trimmed[i+1:], true
		case char == '\\' && i+1 < len(trimmed):
			i++
			text.WriteByte(trimmed[i])
		default:
			text.WriteByte(char)
		}
	}
	return text.String(), "", true
}

func wordLength(text string) int {
	if end := strings.IndexAny(text, " \t,=\""); end >= 0 {
		return end
	}
	return len(text)
}

func skipTo(text string, char byte) int {
	if at := strings.IndexByte(text, char); at >= 0 {
		return at
	}
	return len(text)
}
