using System.Xml;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files.Storage;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Files;

/// <summary>The storage of an application's files, as IoT Central's REST API shows it.</summary>
internal sealed record FileUploadDto
{
    /// <summary>Of the connection string; ignored in a body.</summary>
    public string? Account { get; init; }

    /// <summary>Shown with stars for its secret; sent back so, it stays as it is.</summary>
    public string? ConnectionString { get; init; }
    public string? Container { get; init; }

    /// <summary>How long a device may take for an upload, ISO 8601, PT1H to P1D.</summary>
    public string? SasTtl { get; init; }

    /// <summary>succeeded: what does not work is not kept; ignored in a body.</summary>
    public string? State { get; init; }
    public string? Etag { get; init; }

    public static FileUploadDto Of(FileStorage storage) =>
        new()
        {
            Account = storage.Account,
            ConnectionString = StorageText.Masked(storage.ConnectionString),
            Container = storage.Container,
            SasTtl = XmlConvert.ToString(storage.SasTtl),
            State = "succeeded",
            Etag = EtagOf(storage),
        };

    public static string EtagOf(FileStorage storage) =>
        Api.Etag.Of(storage.UpdatedAt.ToUnixTimeMilliseconds(), storage.Version);
}

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
                var wish = new FileStorageWish(
                    Unmasked(body.ConnectionString, current) ?? "",
                    body.Container ?? "",
                    Ttl(body.SasTtl)
                );
                return await storages.SaveAsync(caller.Value, wish, isGuarded ? current?.Version : null, ct);
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
        var (etag, text) = (patch.Text("etag"), patch.Text("connectionString"));
        var (container, ttl) = (patch.Text("container"), patch.Text("sasTtl"));
        patch.Demand();
        var saved = await Etag.SaveAsync(
            context,
            etag,
            async () =>
            {
                var current = await storages.FindAsync(caller.Value, ct) ?? throw FileStorages.NotConfigured();
                Etag.Demand(context, etag, FileUploadDto.EtagOf(current));
                var wish = new FileStorageWish(Unmasked(text, current), container, Ttl(ttl));
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

    /// <summary>What was read with stars and is sent back means what is stored.</summary>
    private static string? Unmasked(string? text, FileStorage? current) =>
        current is not null && text == StorageText.Masked(current.ConnectionString) ? current.ConnectionString : text;

    private static TimeSpan? Ttl(string? text)
    {
        try
        {
            return text is null ? null : XmlConvert.ToTimeSpan(text);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new InvalidRequestException(
                "file-storage.invalid",
                [new Fault("sasTtl", "Write a duration as ISO 8601 does, such as PT2H.")]
            );
        }
    }

    private static Ok<FileUploadDto> Answer(HttpContext context, FileStorage storage)
    {
        Etag.Show(context, FileUploadDto.EtagOf(storage));
        return TypedResults.Ok(FileUploadDto.Of(storage));
    }
}
