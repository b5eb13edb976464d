using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Templates;
using IoTCentral.Web.Features.Devices.Properties;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices.Commands;

/// <summary>The request of a command as it is being typed.</summary>
public sealed class CommandForm
{
    private readonly ViewerZone _zone;
    private readonly Dictionary<string, string> _typed = [];

    /// <param name="before">The form it takes the place of, when the template has changed: what was typed stays.</param>
    public CommandForm(Capability command, ViewerZone zone, CommandForm? before = null)
    {
        _zone = zone;
        Command = command;
        if (command.Request is not { } request)
            return;
        Inputs = CommandInput.Of(request);
        var initial = Parse(request.InitialValue);
        foreach (var input in Inputs)
            _typed[input.Key] =
                before?._typed.GetValueOrDefault(input.Key)
                ?? CloudInput.TextOf(input.Value, Member(initial, input.Path), zone);
    }

    public Capability Command { get; }
    public IReadOnlyList<CommandInput> Inputs { get; } = [];

    public string this[CommandInput input]
    {
        get => _typed[input.Key];
        set => _typed[input.Key] = value;
    }

    /// <summary>The request as JSON text; null: none, or what is typed does not fit, which the faults tell.</summary>
    /// <param name="missing">Words for an input that may not be empty.</param>
    public string? Read(FormFaults faults, string missing)
    {
        faults.Clear();
        JsonNode? request = null;
        foreach (var input in Inputs)
        {
            var (value, fault) = CloudInput.Read(input.Value, this[input], _zone);
            if (fault is not null)
                faults.Add(input.Key, fault);
            else if (value is null && !input.IsOptional)
                faults.Add(input.Key, missing);
            else if (value is not null)
                request = Put(request, input.Path, value);
        }

        if (faults.Any)
            return null;
        if (request is null && Command.Request is { Schema: ObjectSchema, Nullable: not true })
            request = new JsonObject(); // each field was left out, which is a request as well
        return request?.ToJsonString();
    }

    private static JsonNode Put(JsonNode? request, IReadOnlyList<string> path, JsonNode value)
    {
        if (path.Count == 0)
            return value;
        var root = request as JsonObject ?? [];
        var holder = root;
        foreach (var name in path.SkipLast(1))
        {
            if (holder[name] is not JsonObject inner)
                holder[name] = inner = [];
            holder = inner;
        }

        holder[path[^1]] = value;
        return root;
    }

    private static JsonNode? Member(JsonNode? value, IReadOnlyList<string> path) =>
        path.Aggregate(value, (node, name) => (node as JsonObject)?[name]);

    private static JsonNode? Parse(string? json)
    {
        try
        {
            return json is null ? null : JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return null; // a template of another maker: no initial value then
        }
    }
}
