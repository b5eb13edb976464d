using IoTCentral.Core.Access;
using IoTCentral.Core.Files;
using IoTCentral.Web.Security;

namespace IoTCentral.Web.Features.Devices.Files;

/// <summary>Files of devices for browsers: to be saved, and pictures to be shown.</summary>
internal static class FileDownloads
{
    /// <summary>Below the application.</summary>
    public static string Address(string deviceId, DeviceFile file, bool isInline = false) =>
        $"devices/{Uri.EscapeDataString(deviceId)}/files/{file.Id}" + (isInline ? "?inline=true" : "");

    public static void MapFileDownloads(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/apps/{app}/devices/{id}/files/{file:guid}", GetAsync)
            .RequireAuthorization(nameof(Permission.ViewFiles))
            .ExcludeFromDescription();

    private static async Task<IResult> GetAsync(
        string app,
        string id,
        Guid file,
        bool? inline,
        ICallerSource callers,
        DeviceFiles files,
        HttpContext context
    )
    {
        if (context.User.PersonId() is not { } person)
            return Results.Forbid();
        if (await callers.FindAsync(person, app, null, context.RequestAborted) is not { } here)
            return Results.NotFound();
        var opened = await files.OpenAsync(here.Caller, id, file, context.RequestAborted);
        return FileAnswer.Of(context, opened, inline is true);
    }
}
