import com.google.gson.JsonParser;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AsyncUploadApi;
import org.openapitools.client.api.DownloadApi;
import org.openapitools.client.api.SyncUploadApi;
import org.openapitools.client.model.*;

/** Does the main job with the client that openapi-generator generates for Java. */
public final class Main {
  private static void tell(String step, Object value) {
    System.out.println(step + "=" + value);
  }

  private static byte[] start(File file) throws Exception {
    return Arrays.copyOf(Files.readAllBytes(file.toPath()), 4);
  }

  public static void main(String[] arguments) throws Exception {
    ApiClient client = new ApiClient().setBasePath(arguments[0]).setReadTimeout(60_000);
    SyncUploadApi images = new SyncUploadApi(client);
    AsyncUploadApi uploads = new AsyncUploadApi(client);
    DownloadApi downloads = new DownloadApi(client);
    byte[] big = Files.readAllBytes(Path.of("big.jpg"));

    Image form = images.uploadImage(new File("photo.jpg"), null, null, null, null, null, null, null, null, null, null,
        null, null, null, null, null, null, "[\"thumb\"]");
    tell("form", form.getChecksumSha256());
    tell("raw", "-");

    Upload upload = uploads.createUpload(new UploadDeclaration().contentLength((long) big.length), null);
    List<CompletedPart> parts = new ArrayList<>();
    int size = Math.toIntExact(upload.getPartSize());
    for (int start = 0; start < big.length; start += size) {
      Path path = Files.createTempFile("part", null);
      Files.write(path, Arrays.copyOfRange(big, start, Math.min(start + size, big.length)));
      Part part = uploads.uploadPart(upload.getUploadId(), parts.size() + 1, path.toFile(), null, null, null, null, null,
          null, null, null, null, null, null, null, null, null);
      Files.delete(path);
      parts.add(new CompletedPart().partNumber(Math.toIntExact(part.getPartNumber())).eTag(part.geteTag()));
    }
    Image completed = uploads.completeUpload(upload.getUploadId(), new PartsToComplete().parts(parts));
    tell("parts", completed.getChecksumSha256());

    String imageId = form.getImageId();
    tell("read", downloads.getImage(imageId, null, null, null).getRenditions().get(0).getName());

    ResizeCommand resize = new ResizeCommand().operation(ResizeCommand.OperationEnum.RESIZE).width(20);
    PngOutput png = new PngOutput().format(PngOutput.FormatEnum.PNG);
    OwnRendition card = new OwnRendition().name("card").addCommandsItem(new Command(resize)).output(new Output(png));
    RenditionsRequest request = new RenditionsRequest().addRenditionsItem(new RequestedRendition(card));
    for (Rendition rendition : images.requestRenditions(imageId, request).getRenditions()) {
      if (rendition.getName().equals("card")) {
        tell("ask", rendition.getCommands().get(0).getResizeCommand().getOperation() + " "
            + rendition.getOutput().getPngOutput().getFormat());
      }
    }

    File original = downloads.getOriginal(imageId, null, null, null, null, null, null, null, null, null, null, null, null);
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(original.toPath()));
    tell("download", Base64.getEncoder().encodeToString(digest));
    File rendition = downloads.getRendition(imageId, "card", null, null, null, null, null, null, null, null, null, null, null, "wait=30");
    tell("rendition", HexFormat.of().formatHex(start(rendition)));

    ImageList list = downloads.listImages(null, 100, null, null, null);
    tell("list", list.getImages().stream().anyMatch(image -> image.getImageId().equals(imageId)));
    images.deleteImage(imageId, null, null, null);
    tell("delete", true);
    try {
      downloads.getImage(imageId, null, null, null);
    } catch (ApiException error) {
      tell("problem", JsonParser.parseString(error.getResponseBody()).getAsJsonObject().get("code").getAsString());
    }
  }
}
