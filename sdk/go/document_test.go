package pensyve

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// described is what the SDK has for each operation: its entry, its request and its answer. nil: it takes nothing.
type described struct {
	operation
	request any
	answer  any
}

var sdkOperations = []described{
	{opRecall, RecallRequest{}, RecallResponse{}},
	{opRecallGrouped, RecallGroupedRequest{}, RecallGroupedResponse{}},
	{opInspect, InspectRequest{}, InspectResponse{}},
	{opStatus, StatsRequest{}, Stats{}},
	{opAccount, nil, Usage{}},
	{opMe, nil, Me{}},
	{opHealth, nil, Health{}},
	{opRemember, RememberRequest{}, Remembered{}},
	{opObserve, ObserveRequest{}, Observed{}},
	{opEpisodeStart, StartEpisodeRequest{}, &Episode{}},
	{opEpisodeMessage, AddMessageRequest{}, AddedMessage{}},
	{opEpisodeEnd, EndEpisodeRequest{}, EndedEpisode{}},
	{opCreateEntity, EntityRequest{}, Entity{}},
	{opForget, ForgetRequest{}, Forgotten{}},
	{opEditMemory, EditMemoryRequest{}, EditedMemory{}},
	{opDeleteMemory, DeleteMemoryRequest{}, DeletedMemory{}},
	{opDeleteAll, DeleteAllMemoriesRequest{}, DeletedMemories{}},
}

// The server has a second address for these two, with the episode's id in the path. They take the same fields.
var otherSpellings = map[string]string{
	"episode_message_by_path": "episode_message",
	"episode_end_by_path":     "episode_end",
}

// document is the part of OpenAPI that is compared.
type document struct {
	Paths map[string]map[string]*documented `json:"paths"`
}

type documented struct {
	OperationID string                 `json:"operationId"`
	Security    *[]map[string][]string `json:"security"`
	Parameters  []struct {
		Name     string   `json:"name"`
		In       string   `json:"in"`
		Required bool     `json:"required"`
		Schema   property `json:"schema"`
	} `json:"parameters"`
	RequestBody struct {
		Content map[string]struct {
			Schema struct {
				Properties map[string]property `json:"properties"`
				Required   []string            `json:"required"`
			} `json:"schema"`
		} `json:"content"`
	} `json:"requestBody"`

	method, path string
}

type property struct {
	Type any `json:"type"`
}

func readDocument(t *testing.T) map[string]*documented {
	t.Helper()
	response, err := http.Get(live(t).URL + "/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var read document
	if err := json.NewDecoder(response.Body).Decode(&read); err != nil {
		t.Fatal(err)
	}
	operations := map[string]*documented{}
	for path, methods := range read.Paths {
		for method, operation := range methods {
			operation.method, operation.path = strings.ToUpper(method), path
			operations[operation.OperationID] = operation
		}
	}
	if len(operations) == 0 {
		t.Fatal("the document has no operations")
	}
	return operations
}

func TestEveryOperationOfTheDocumentIsCoveredAndNoOther(t *testing.T) {
	inDocument := readDocument(t)
	inSDK := map[string]operation{}
	for _, each := range sdkOperations {
		inSDK[each.id] = each.operation
		said := inDocument[each.id]
		if said == nil {
			t.Errorf("%s is not in the document", each.id)
			continue
		}
		if got, want := each.method+" "+each.path, said.method+" "+said.path; got != want {
			t.Errorf("%s is %s, and the document says %s", each.id, got, want)
		}
		if isPublic := said.Security != nil && len(*said.Security) == 0; each.isPublic != isPublic {
			t.Errorf("%s: isPublic is %v, and the document says %v", each.id, each.isPublic, isPublic)
		}
		if each.isWrite != said.takesIdempotencyKey() {
			t.Errorf("%s: isWrite is %v, and the document says %v", each.id, each.isWrite, said.takesIdempotencyKey())
		}
		if _, takesNamespace := said.fields()["namespace"]; each.hasNamespace != takesNamespace {
			t.Errorf("%s: hasNamespace is %v, and the document says %v", each.id, each.hasNamespace, takesNamespace)
		}
	}
	for id, said := range inDocument {
		twin, isSpelling := otherSpellings[id]
		if isSpelling {
			if !reflect.DeepEqual(said.fields(), inDocument[twin].fields()) {
				t.Errorf("%s does not take the fields of %s any more", id, twin)
			}
			continue
		}
		if _, covered := inSDK[id]; !covered {
			t.Errorf("the SDK has no operation %s: %s %s", id, said.method, said.path)
		}
	}
}

func TestRequestsHaveTheFieldsTypesAndNecessityOfTheDocument(t *testing.T) {
	inDocument := readDocument(t)
	for _, each := range sdkOperations {
		said := inDocument[each.id]
		if said == nil {
			continue
		}
		if got, want := fieldsOfType(each.request), said.fields(); !reflect.DeepEqual(got, want) {
			t.Errorf("the request of %s has %v\nand the document says %v", each.id, got, want)
		}
	}
}

// field is what both the document and Go's types say about a field: its JSON type and whether it must be there.
type field struct {
	kind     string
	required bool
}

func (d *documented) fields() map[string]field {
	fields := map[string]field{}
	for _, parameter := range d.Parameters {
		if parameter.In == "header" {
			continue
		}
		fields[parameter.Name] = field{parameter.Schema.kind(), parameter.Required}
	}
	schema := d.RequestBody.Content["application/json"].Schema
	for name, property := range schema.Properties {
		fields[name] = field{property.kind(), slices.Contains(schema.Required, name)}
	}
	return fields
}

// takesIdempotencyKey is how the document marks a write.
func (d *documented) takesIdempotencyKey() bool {
	for _, parameter := range d.Parameters {
		if parameter.In == "header" && parameter.Name == "Idempotency-Key" {
			return true
		}
	}
	return false
}

// kind is the type beside null.
func (p property) kind() string {
	switch said := p.Type.(type) {
	case string:
		return said
	case []any:
		for _, each := range said {
			if text, _ := each.(string); text != "null" {
				return text
			}
		}
	}
	return "?"
}

func fieldsOfType(request any) map[string]field {
	fields := map[string]field{}
	if request == nil {
		return fields
	}
	for _, each := range jsonFields(reflect.TypeOf(request)) {
		fields[each.name] = field{jsonKind(each.goType), !each.isOptional}
	}
	return fields
}

type jsonField struct {
	name       string
	isOptional bool
	goType     reflect.Type
}

func jsonFields(structure reflect.Type) []jsonField {
	var fields []jsonField
	for i := range structure.NumField() {
		each := structure.Field(i)
		if each.Anonymous {
			fields = append(fields, jsonFields(each.Type)...)
			continue
		}
		name, options, _ := strings.Cut(each.Tag.Get("json"), ",")
		if name != "" {
			fields = append(fields, jsonField{name, options == "omitempty", each.Type})
		}
	}
	return fields
}

func jsonKind(of reflect.Type) string {
	switch of.Kind() {
	case reflect.Pointer:
		return jsonKind(of.Elem())
	case reflect.String:
		return "string"
	case reflect.Int:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "array"
	default:
		return of.String()
	}
}
