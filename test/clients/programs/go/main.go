// Does the main job by the client that openapi-generator makes for Go.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	openapi "client/generated"
)

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

// The bytes of a file that the client has downloaded.
func content(file *os.File) []byte {
	must(file.Seek(0, io.SeekStart))
	return must(io.ReadAll(file))
}

func main() {
	ctx := context.Background()
	configuration := openapi.NewConfiguration()
	configuration.Servers = openapi.ServerConfigurations{{URL: os.Args[1]}}
	client := openapi.NewAPIClient(configuration)
	big := must(os.ReadFile("big.jpg"))
	tell := func(step string, value any) { fmt.Printf("%s=%v\n", step, value) }

	form, _, err := client.SyncUploadAPI.UploadImage(ctx).File(must(os.Open("photo.jpg"))).Renditions(`["thumb"]`).Execute()
	if err != nil {
		panic(err)
	}
	tell("form", form.GetChecksumSha256())
	tell("raw", "-")

	declaration := openapi.NewUploadDeclaration()
	declaration.SetContentLength(int64(len(big)))
	upload, _, err := client.AsyncUploadAPI.CreateUpload(ctx).UploadDeclaration(*declaration).Execute()
	if err != nil {
		panic(err)
	}
	var parts []openapi.CompletedPart
	for start := int64(0); start < int64(len(big)); start += upload.PartSize {
		file := must(os.CreateTemp(".", "part"))
		must(file.Write(big[start:min(start+upload.PartSize, int64(len(big)))]))
		must(file.Seek(0, io.SeekStart))
		part, _, err := client.AsyncUploadAPI.UploadPart(ctx, upload.UploadId, int32(len(parts)+1)).Body(file).Execute()
		if err != nil {
			panic(err)
		}
		parts = append(parts, *openapi.NewCompletedPart(int32(part.PartNumber), part.ETag))
	}
	list := *openapi.NewPartsToComplete(parts)
	completed, _, err := client.AsyncUploadAPI.CompleteUpload(ctx, upload.UploadId).PartsToComplete(list).Execute()
	if err != nil {
		panic(err)
	}
	tell("parts", completed.GetChecksumSha256())

	imageId := form.ImageId
	record, _, err := client.DownloadAPI.GetImage(ctx, imageId).Execute()
	if err != nil {
		panic(err)
	}
	tell("read", record.Renditions[0].Name)

	resize := openapi.NewResizeCommand("resize")
	resize.SetWidth(20)
	output := openapi.PngOutputAsOutput(openapi.NewPngOutput("png"))
	card := openapi.NewOwnRendition("card")
	card.SetCommands([]openapi.Command{openapi.ResizeCommandAsCommand(resize)})
	card.SetOutput(output)
	request := *openapi.NewRenditionsRequest([]openapi.RequestedRendition{openapi.OwnRenditionAsRequestedRendition(card)})
	asked, _, err := client.SyncUploadAPI.RequestRenditions(ctx, imageId).RenditionsRequest(request).Execute()
	if err != nil {
		panic(err)
	}
	for _, rendition := range asked.Renditions {
		if rendition.Name == "card" {
			tell("ask", rendition.Commands[0].ResizeCommand.Operation+" "+rendition.Output.PngOutput.Format)
		}
	}

	original, _, err := client.DownloadAPI.GetOriginal(ctx, imageId).Execute()
	if err != nil {
		panic(err)
	}
	digest := sha256.Sum256(content(original))
	tell("download", base64.StdEncoding.EncodeToString(digest[:]))

	rendition, _, err := client.DownloadAPI.GetRendition(ctx, imageId, "card").Prefer("wait=30").Execute()
	if err != nil {
		panic(err)
	}
	tell("rendition", hex.EncodeToString(content(rendition)[:4]))

	images, _, err := client.DownloadAPI.ListImages(ctx).Limit(100).Execute()
	if err != nil {
		panic(err)
	}
	found := false
	for _, image := range images.Images {
		found = found || image.ImageId == imageId
	}
	tell("list", found)

	if _, _, err := client.SyncUploadAPI.DeleteImage(ctx, imageId).Execute(); err != nil {
		panic(err)
	}
	tell("delete", true)

	_, _, err = client.DownloadAPI.GetImage(ctx, imageId).Execute()
	var failure *openapi.GenericOpenAPIError
	if errors.As(err, &failure) {
		if problem, isProblem := failure.Model().(openapi.Problem); isProblem {
			tell("problem", problem.Code)
		}
	}
}
