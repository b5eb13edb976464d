using System.Globalization;
using IoTCentral.Core.Access;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices.Files;

/// <summary>A file of a device. IoT Central has none in its API, so these words are ours.</summary>
/// <param name="Name">As the device named it; may hold slashes.</param>
/// <param name="Md5">Of its bytes, in base64.</param>
/// <param name="Confirmed">What the device said of its upload in the end; absent: nothing.</param>
internal sealed record DeviceFileDto(
    Guid Id,
    string Name,
    long Size,
    string ContentType,
    string Md5,
    DateTimeOffset Uploaded,
    bool? Confirmed
)
{
    public static DeviceFileDto Of(DeviceFile file) =>
        new(
            file.Id,
            file.Name,
            file.Size,
            file.ContentType,
            Convert.ToBase64String(file.Md5),
            file.StoredAt,
            file.IsSuccess
        );
}

/// <summary>Files of devices in the REST API.</summary>
internal static class DeviceFileEndpoints
{
    public static void MapDeviceFiles(this IEndpointRouteBuilder devices)
    {
        devices.MapGet("/{id}/files", ListAsync).Needs(Permission.ViewFiles);
        devices.MapGet("/{id}/files/{file}", GetAsync).Needs(Permission.ViewFiles);
        devices
            .MapGet("/{id}/files/{file}/content", ReadAsync)
            .Needs(Permission.ViewFiles)
            .Produces(StatusCodes.Status200OK, contentType: FileTypes.Unknown);
        devices.MapDelete("/{id}/files/{file}", DeleteAsync).Needs(Permission.ManageFiles);
    }

    /// <param name="search">Part of the name, any case.</param>
    private static async Task<Ok<ApiPage<DeviceFileDto>>> ListAsync(
        string id,
        string? search,
        PageQuery page,
        TokenCaller caller,
        DeviceFiles files,
        HttpContext context,
        CancellationToken ct
    )
    {
        var wanted = string.IsNullOrWhiteSpace(search) ? null : search;
        var found = await files.ListAsync(caller.Value, id, wanted, (page.After, page.Limit), ct);
        return TypedResults.Ok(PageQuery.Answer(context, found, DeviceFileDto.Of));
    }

    private static async Task<Ok<DeviceFileDto>> GetAsync(
        string id,
        string file,
        TokenCaller caller,
        DeviceFiles files,
        CancellationToken ct
    ) => TypedResults.Ok(DeviceFileDto.Of(await files.GetAsync(caller.Value, id, IdOf(file), ct)));

    private static async Task<IResult> ReadAsync(
        string id,
        string file,
        TokenCaller caller,
        DeviceFiles files,
        HttpContext context,
        CancellationToken ct
    ) => FileAnswer.Of(context, await files.OpenAsync(caller.Value, id, IdOf(file), ct), isInline: false);

    private static async Task<NoContent> DeleteAsync(
        string id,
        string file,
        TokenCaller caller,
        DeviceFiles files,
        CancellationToken ct
    )
    {
        await files.DeleteAsync(caller.Value, id, IdOf(file), ct);
        return TypedResults.NoContent();
    }

    /// <summary>What is no id is the id of nothing.</summary>
    private static Guid IdOf(string file) =>
        Guid.TryParse(file, CultureInfo.InvariantCulture, out var id) ? id : Guid.Empty;
}
