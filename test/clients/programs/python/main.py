"""Does the main job with the client that openapi-generator generates for Python."""
import base64
import hashlib
import json
import sys

import openapi_client

configuration = openapi_client.Configuration(host=sys.argv[1])
client = openapi_client.ApiClient(configuration)
images = openapi_client.SyncUploadApi(client)
uploads = openapi_client.AsyncUploadApi(client)
downloads = openapi_client.DownloadApi(client)
with open("photo.jpg", "rb") as file:
    photo = file.read()
with open("big.jpg", "rb") as file:
    big = file.read()


def tell(step: str, value: object) -> None:
    print(f"{step}={value}")


form = images.upload_image(file=("photo.jpg", photo), renditions=json.dumps(["thumb"]))
tell("form", form.checksum_sha256)
tell("raw", "-")

upload = uploads.create_upload(openapi_client.UploadDeclaration(contentLength=len(big)))
parts: list[openapi_client.CompletedPart] = []
for start in range(0, len(big), upload.part_size):
    part = uploads.upload_part(upload.upload_id, len(parts) + 1, big[start : start + upload.part_size])
    parts.append(openapi_client.CompletedPart(partNumber=part.part_number, eTag=part.e_tag, size=part.size))
completed = uploads.complete_upload(upload.upload_id, openapi_client.PartsToComplete(parts=parts))
tell("parts", completed.checksum_sha256)

image_id = form.image_id
tell("read", downloads.get_image(image_id).renditions[0].name)

card = openapi_client.OwnRendition(
    name="card",
    commands=[openapi_client.Command(openapi_client.ResizeCommand(operation="resize", width=20))],
    output=openapi_client.Output(openapi_client.PngOutput(format="png")),
)
asked = images.request_renditions(
    image_id, openapi_client.RenditionsRequest(renditions=[openapi_client.RequestedRendition(card)])
)
made = next(rendition for rendition in asked.renditions if rendition.name == "card")
command, output = made.commands[0].actual_instance, made.output.actual_instance
assert isinstance(command, openapi_client.ResizeCommand) and isinstance(output, openapi_client.PngOutput)
tell("ask", f"{command.operation} {output.format}")

original = downloads.get_original(image_id)
tell("download", base64.b64encode(hashlib.sha256(original).digest()).decode())
tell("rendition", downloads.get_rendition(image_id, "card", prefer="wait=30")[:4].hex())
tell("list", str(any(image.image_id == image_id for image in downloads.list_images(limit=100).images)).lower())
images.delete_image(image_id)
tell("delete", "true")

try:
    downloads.get_image(image_id)
except openapi_client.ApiException as error:
    tell("problem", json.loads(error.body or "{}").get("code"))
