using IoTCentral.Core.Access;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Files;

/// <summary>The application's file upload in the REST API: one thing, there when a storage of its own is set up.</summary>
internal static class FileStorageEndpoints
{
    public static void MapFileUploads(this IEndpointRouteBuilder api)
    {
        var uploads = api.MapGroup("/fileUploads").WithTags("File uploads");
        uploads.MapGet("/", GetAsync).Needs(Permission.ManageApplication);
        uploads.MapPut("/", PutAsync).Needs(Permission.ManageApplication).Accepts<FileUploadDto>("application/json");
        uploads
            .MapPatch("/", PatchAsync)
            .Needs(Permission.ManageApplication)
            .Accepts<FileUploadDto>("application/json", ApiJson.Patch);
        uploads.MapDelete("/", DeleteAsync).Needs(Permission.ManageApplication);
    }

    private static async Task<Ok<FileUploadDto>> GetAsync(
        TokenCaller caller,
        FileStorages storages,
        HttpContext context,
        CancellationToken ct
    ) => Answer(context, await storages.FindAsync(caller.Value, ct) ?? throw FileStorages.NotConfigured());

    private static async Task<Ok<FileUploadDto>> PutAsync(
        JsonBody<FileUploadDto> sent,
        TokenCaller caller,
        FileStorages storages,
        HttpContext context,
        CancellationToken ct
    )
    {
        var body = sent.Value;
        var saved = await Etag.SaveAsync(
            context,
            body.Etag,
            async () =>
            {
                var current = await storages.FindAsync(caller.Value, ct);
                var isGuarded = Etag.Demand(context, body.Etag, current is null ? null : FileUploadDto.EtagOf(current));
                return await storages.SaveAsync(
                    caller.Value,
                    body.ToWish(current),
                    isGuarded ? current?.Version : null,
                    ct
                );
            }
        );
        return Answer(context, saved);
    }

    private static async Task<Ok<FileUploadDto>> PatchAsync(
        MergePatch patch,
        TokenCaller caller,
        FileStorages storages,
        HttpContext context,
        CancellationToken ct
    )
    {
        var etag = patch.Text("etag");
        patch.Demand();
        var saved = await Etag.SaveAsync(
            context,
            etag,
            async () =>
            {
                var current = await storages.FindAsync(caller.Value, ct) ?? throw FileStorages.NotConfigured();
                Etag.Demand(context, etag, FileUploadDto.EtagOf(current));
                var wish = Patched(FileUploadDto.Of(current), patch).ToWish(current);
                return await storages.SaveAsync(caller.Value, wish, current.Version, ct);
            }
        );
        return Answer(context, saved);
    }

    private static async Task<NoContent> DeleteAsync(
        TokenCaller caller,
        FileStorages storages,
        HttpContext context,
        CancellationToken ct
    )
    {
        var current = await storages.FindAsync(caller.Value, ct) ?? throw FileStorages.NotConfigured();
        Etag.Demand(context, null, FileUploadDto.EtagOf(current));
        await storages.DeleteAsync(caller.Value, ct);
        return TypedResults.NoContent();
    }

    /// <summary>What is there with what is said; null removes, so that one kind can take the other's place.</summary>
    private static FileUploadDto Patched(FileUploadDto current, MergePatch patch)
    {
        var s3 = patch.Object("s3");
        var patched = current with
        {
            ConnectionString = patch.Text("connectionString", current.ConnectionString),
            Container = patch.Text("container", current.Container),
            SasTtl = patch.Text("sasTtl", current.SasTtl),
            S3 =
                s3 is not null ? Patched(current.S3 ?? new(), s3)
                : patch.Has("s3") ? null
                : current.S3,
        };
        patch.Demand();
        return patched;
    }

    private static S3BucketDto Patched(S3BucketDto current, MergePatch patch) =>
        new()
        {
            Endpoint = patch.Text("endpoint", current.Endpoint),
            Region = patch.Text("region", current.Region),
            Bucket = patch.Text("bucket", current.Bucket),
            AccessKeyId = patch.Text("accessKeyId", current.AccessKeyId),
            SecretAccessKey = patch.Text("secretAccessKey", current.SecretAccessKey),
            PathStyle =
                !patch.Has("pathStyle") ? current.PathStyle
                : patch.Body["pathStyle"] is null ? null
                : patch.Flag("pathStyle", false, removed: false),
        };

    private static Ok<FileUploadDto> Answer(HttpContext context, FileStorage storage)
    {
        Etag.Show(context, FileUploadDto.EtagOf(storage));
        return TypedResults.Ok(FileUploadDto.Of(storage));
    }
}
