// Does with net/http what whole-job.ts does, and writes what came of it as JSON.
// The arguments are the URL of the service and the photograph.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"time"
)

type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) json() map[string]any {
	var value map[string]any
	must(json.Unmarshal(a.body, &value))
	return value
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

var base string

func ask(method, path string, body []byte, headers ...string) answer {
	request, err := http.NewRequest(method, base+path, bytes.NewReader(body))
	must(err)
	for index := 0; index < len(headers); index += 2 {
		request.Header.Set(headers[index], headers[index+1])
	}
	response, err := http.DefaultClient.Do(request)
	must(err)
	defer response.Body.Close()
	whole, err := io.ReadAll(response.Body)
	must(err)
	return answer{response.StatusCode, response.Header, whole}
}

func sendForm(photo []byte, key string) answer {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	file, err := form.CreateFormFile("file", "holiday.jpg")
	must(err)
	_, err = file.Write(photo)
	must(err)
	must(form.WriteField("renditions", `["thumb"]`))
	must(form.Close())
	return ask("POST", "/v1/images", body.Bytes(), "Content-Type", form.FormDataContentType(), "Idempotency-Key", key)
}

func main() {
	base = os.Args[1]
	photo, err := os.ReadFile(os.Args[2])
	must(err)
	key := fmt.Sprint("go-", time.Now().UnixNano())
	form := sendForm(photo, key)
	record := form.json()
	links := record["links"].(map[string]any)
	self, original := links["self"].(string), links["original"].(string)
	again := sendForm(photo, key)
	raw := ask("POST", "/v1/images", photo)

	declaration := []byte(fmt.Sprintf(`{"contentLength": %d}`, len(photo)))
	created := ask("POST", "/v1/uploads", declaration, "Content-Type", "application/json").json()
	upload := "/v1/uploads/" + created["uploadId"].(string)
	part := ask("PUT", upload+"/parts/1", photo)
	list, err := json.Marshal(map[string]any{"parts": ask("GET", upload+"/parts", nil).json()["parts"]})
	must(err)
	completed := ask("POST", upload+"/complete", list, "Content-Type", "application/json")

	rendition := ask("GET", self+"/renditions/thumb", nil, "Prefer", "wait=20")
	renditions := ask("GET", self, nil).json()["renditions"].([]any)
	whole := ask("GET", original, nil)
	piece := ask("GET", original, nil, "Range", "bytes=0-99")
	result := map[string]any{
		"form":              form.status,
		"fileName":          record["fileName"],
		"sameFormAgain":     again.status,
		"isSameImage":       again.json()["imageId"] == record["imageId"],
		"raw":               raw.status,
		"part":              part.status,
		"completed":         completed.status,
		"isSameChecksum":    completed.json()["checksumSha256"] == record["checksumSha256"],
		"rendition":         rendition.status,
		"renditionType":     rendition.header.Get("Content-Type"),
		"renditionStatus":   renditions[0].(map[string]any)["status"],
		"isOriginalWhole":   bytes.Equal(whole.body, photo),
		"unchanged":         ask("GET", original, nil, "If-None-Match", whole.header.Get("ETag")).status,
		"range":             piece.status,
		"rangeBytes":        len(piece.body),
		"rangeBehindTheEnd": ask("GET", original, nil, "Range", "bytes=99999999-").status,
		"deleted":           ask("DELETE", self, nil).status,
		"gone":              ask("GET", original, nil).status,
		"formOfDeleted":     sendForm(photo, key).status,
	}
	must(json.NewEncoder(os.Stdout).Encode(result))
}
