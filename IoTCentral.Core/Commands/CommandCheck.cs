using System.Text;
using System.Text.Json;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Commands;

/// <summary>Whether a command can be called as it is asked for.</summary>
internal static class CommandCheck
{
    private const int LongestName = 128;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestAnswer = TimeSpan.FromSeconds(5);

    /// <param name="capability">The command in its device's template; null: the device has none.</param>
    public static IReadOnlyList<Fault> Find(CommandRequest command, Capability? capability)
    {
        var faults = new List<Fault>();
        // They become a level of an MQTT topic; a template's names are narrower anyway.
        var name = $"{command.Path.Component}*{command.Path.Name}";
        if (
            command.Path.Name.Length == 0
            || name.Length > LongestName
            || name.Any(c => c is '/' or '#' or '+' or '$' or < ' ')
        )
            faults.Add(new("name", "A command's name has 1 to 128 letters, digits and underscores."));
        if (command.ConnectTimeout < TimeSpan.Zero || command.ConnectTimeout > LongestWait)
            faults.Add(new("connectionTimeout", "A command waits 0 to 30 seconds for its device."));
        if (command.ResponseTimeout < ShortestAnswer || command.ResponseTimeout > LongestWait)
            faults.Add(new("responseTimeout", "A device has 5 to 30 seconds to answer."));
        if (Encoding.UTF8.GetByteCount(command.Request ?? "") > MethodCall.MostBytes)
            faults.Add(new("request", "A request has at most 128 KB."));
        else if (Misfit(command.Request, capability) is { } misfit)
            faults.Add(new("request", misfit));
        return faults;
    }

    private static string? Misfit(string? request, Capability? capability)
    {
        try
        {
            using var json = request is null ? null : JsonDocument.Parse(request);
            if (capability is null)
                return null;
            if (capability.Request is not { } expected)
                return request is null or "null" ? null : "This command takes no request.";
            if (request is null || json!.RootElement.ValueKind == JsonValueKind.Null)
                return expected.Nullable == true ? null : $"This command needs a request: {expected.Label}.";
            return Conformance.Misfit(expected.Schema, request) is { } misfit ? $"{expected.Label}: {misfit}." : null;
        }
        catch (JsonException)
        {
            return "The request is not valid JSON.";
        }
    }
}
