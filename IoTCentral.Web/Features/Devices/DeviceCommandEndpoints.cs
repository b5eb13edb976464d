using System.Text.Json;
using IoTCentral.Core.Access;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Api;
using Microsoft.AspNetCore.Http.HttpResults;

namespace IoTCentral.Web.Features.Devices;

/// <summary>A command as IoT Central has it; times in seconds.</summary>
/// <param name="Id">Of the call; read-only.</param>
/// <param name="ResponseCode">The device's own status; absent while there is no answer, and for commands that wait offline.</param>
internal sealed record DeviceCommandDto(
    Guid? Id,
    int? ConnectionTimeout,
    int? ResponseTimeout,
    JsonElement? Request,
    JsonElement? Response,
    int? ResponseCode
)
{
    /// <summary>With how the device has ended what it had accepted, in place of that.</summary>
    public static DeviceCommandDto Of(CommandCall call, CommandReport report) =>
        Of(call) with
        {
            Response = Json(report.Result?.ToJsonString()),
            ResponseCode = report.Status,
        };

    public static DeviceCommandDto Of(CommandCall call) =>
        new(
            call.Id,
            call.ConnectSeconds,
            call.ResponseSeconds,
            Json(call.Request),
            Json(call.Response),
            call.ResponseCode
        );

    public CommandRequest ToRequest(CapabilityPath path) =>
        new(path)
        {
            Request = Request is { ValueKind: not (JsonValueKind.Undefined or JsonValueKind.Null) } request
                ? request.GetRawText()
                : null,
            ConnectTimeout = TimeSpan.FromSeconds(ConnectionTimeout ?? 0),
            ResponseTimeout = TimeSpan.FromSeconds(ResponseTimeout ?? 30),
        };

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}

/// <summary>What the history of a command takes.</summary>
internal sealed record CommandHistoryServices(CommandDesk Commands, CommandReports Reports);

/// <summary>Commands in the REST API: of the whole device or module, or of one component.</summary>
internal static class DeviceCommandEndpoints
{
    public static void MapDeviceCommands(this IEndpointRouteBuilder devices)
    {
        foreach (var scope in DeviceScope.Addresses.Select(address => $"{address}/commands/{{name}}"))
        {
            devices
                .MapPost(scope, RunAsync)
                .Needs(Permission.ExecuteCommands)
                .Accepts<DeviceCommandDto>("application/json");
            devices.MapGet(scope, ListAsync).Needs(Permission.ViewDevices);
        }
    }

    private static async Task<Created<DeviceCommandDto>> RunAsync(
        [AsParameters] DeviceScope scope,
        string name,
        JsonBody<DeviceCommandDto> sent,
        TokenCaller caller,
        CommandDesk commands,
        CancellationToken ct
    )
    {
        var call = await commands.RunAsync(
            caller.Value,
            scope.Identity,
            sent.Value.ToRequest(new(scope.Component ?? "", name)),
            ct
        );
        return TypedResults.Created((string?)null, DeviceCommandDto.Of(call));
    }

    private static async Task<Ok<ApiPage<DeviceCommandDto>>> ListAsync(
        [AsParameters] DeviceScope scope,
        string name,
        PageQuery page,
        TokenCaller caller,
        [AsParameters] CommandHistoryServices services,
        HttpContext context,
        CancellationToken ct
    )
    {
        var path = new CapabilityPath(scope.Component ?? "", name);
        var found = await services.Commands.ListAsync(caller.Value, scope.Identity, path, (page.After, page.Limit), ct);
        var ended = found.Items.Any(c => c.ResponseCode == 202)
            ? await services.Reports.FindAsync(caller.Value, scope.Identity, path, ct)
            : null;
        return TypedResults.Ok(
            PageQuery.Answer(
                context,
                found,
                c =>
                    ended is var (call, report) && call.Id == c.Id
                        ? DeviceCommandDto.Of(c, report)
                        : DeviceCommandDto.Of(c)
            )
        );
    }
}
