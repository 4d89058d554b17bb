// Does the main job by the client that oapi-codegen makes.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"os"

	"client/generated"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func main() {
	ctx := context.Background()
	c := must(generated.NewClientWithResponses(os.Args[1]))
	photo := must(os.ReadFile("photo.jpg"))
	big := must(os.ReadFile("big.jpg"))
	tell := func(step string, value any) { fmt.Printf("%s=%v\n", step, value) }

	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	must(must(writer.CreateFormFile("file", "photo.jpg")).Write(photo))
	if err := writer.WriteField("renditions", `["thumb"]`); err != nil {
		panic(err)
	}
	if err := writer.Close(); err != nil {
		panic(err)
	}
	form := must(c.UploadImageWithBodyWithResponse(ctx, nil, writer.FormDataContentType(), &body))
	tell("form", *form.JSON201.ChecksumSha256)

	presets := []generated.Preset{generated.Thumb}
	params := &generated.UploadImageParams{Rendition: &presets}
	raw := must(c.UploadImageWithBodyWithResponse(ctx, params, "application/octet-stream", bytes.NewReader(photo)))
	tell("raw", *raw.JSON201.ChecksumSha256)

	length := int64(len(big))
	declaration := generated.UploadDeclaration{ContentLength: &length}
	upload := must(c.CreateUploadWithResponse(ctx, nil, declaration)).JSON201
	var parts []generated.CompletedPart
	for start := int64(0); start < length; start += upload.PartSize {
		reader := bytes.NewReader(big[start:min(start+upload.PartSize, length)])
		number := len(parts) + 1
		part := must(c.UploadPartWithBodyWithResponse(ctx, upload.UploadId, number, nil, "application/octet-stream", reader)).JSON200
		parts = append(parts, generated.CompletedPart{PartNumber: int(part.PartNumber), ETag: part.ETag})
	}
	completed := must(c.CompleteUploadWithResponse(ctx, upload.UploadId, generated.PartsToComplete{Parts: parts}))
	tell("parts", *completed.JSON201.ChecksumSha256)

	imageId := raw.JSON201.ImageId
	record := must(c.GetImageWithResponse(ctx, imageId, nil))
	tell("read", record.JSON200.Renditions[0].Name)

	width := 20
	var command generated.Command
	var output generated.Output
	var item generated.RequestedRendition
	resize := generated.ResizeCommand{Width: &width}
	for _, err := range []error{command.FromResizeCommand(resize), output.FromPngOutput(generated.PngOutput{})} {
		if err != nil {
			panic(err)
		}
	}
	card := generated.OwnRendition{Name: "card", Commands: &[]generated.Command{command}, Output: &output}
	if err := item.FromOwnRendition(card); err != nil {
		panic(err)
	}
	request := generated.RenditionsRequest{Renditions: generated.Renditions{item}}
	asked := must(c.RequestRenditionsWithResponse(ctx, imageId, request)).JSON202
	for _, rendition := range asked.Renditions {
		if rendition.Name == "card" {
			operation := must(rendition.Commands[0].Discriminator())
			tell("ask", operation+" "+must(rendition.Output.Discriminator()))
		}
	}

	original := must(c.GetOriginalWithResponse(ctx, imageId, nil))
	digest := sha256.Sum256(original.Body)
	tell("download", base64.StdEncoding.EncodeToString(digest[:]))

	wait := "wait=30"
	rendition := must(c.GetRenditionWithResponse(ctx, imageId, "card", &generated.GetRenditionParams{Prefer: &wait}))
	tell("rendition", hex.EncodeToString(rendition.Body[:4]))

	limit := 100
	list := must(c.ListImagesWithResponse(ctx, &generated.ListImagesParams{Limit: &limit})).JSON200
	found := false
	for _, image := range list.Images {
		found = found || image.ImageId == imageId
	}
	tell("list", found)

	status := must(c.DeleteImageWithResponse(ctx, imageId, nil)).StatusCode()
	tell("delete", status == 202 || status == 204)

	gone := must(c.GetImageWithResponse(ctx, imageId, nil))
	var problem generated.Problem
	if err := json.Unmarshal(gone.Body, &problem); err != nil {
		panic(err)
	}
	tell("problem", problem.Code)
}
