using IoTCentral.Core.Access;
using IoTCentral.Core.Telemetry.Retention;
using IoTCentral.Web.Security;

namespace IoTCentral.Web.Features.Settings.Data;

/// <summary>The proof that a device's data was deleted, to be kept.</summary>
internal static class RemovalProof
{
    public static string Address(Guid id) => $"settings/data/removals/{id}";

    public static void MapRemovalProofs(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/apps/{app}/settings/data/removals/{id:guid}", GetAsync)
            .RequireAuthorization(nameof(Permission.ManageApplication))
            .ExcludeFromDescription();

    private static async Task<IResult> GetAsync(
        string app,
        Guid id,
        ICallerSource callers,
        DataRemovals removals,
        HttpContext context
    )
    {
        var ct = context.RequestAborted;
        if (context.User.PersonId() is not { } person)
            return Results.Forbid();
        if (
            await callers.FindAsync(person, app, null, ct) is not { } here
            || await removals.FindAsync(here.Caller, id, ct) is not { Removed: { } removed } removal
        )
            return Results.NotFound();
        context.Response.Headers.ContentDisposition = $"attachment; filename=\"data-removal-{removal.Id}.json\"";
        return Results.Json(
            new
            {
                removal.Id,
                Application = app,
                Device = removal.DeviceId,
                removal.RequestedAt,
                removal.RequestedBy,
                removed.DoneAt,
                Deleted = new
                {
                    removed.Messages,
                    Values = removed.Points,
                    removed.LastValues,
                },
                Remaining = 0,
                Checked = "Counted in the database after the deletion, in the same transaction.",
            }
        );
    }
}
