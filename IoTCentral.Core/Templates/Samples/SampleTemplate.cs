using System.Text.Json;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Templates;

/// <summary>A message body a device has sent.</summary>
/// <param name="Component">Empty for the root.</param>
public readonly record struct SampleMessage(string Component, ReadOnlyMemory<byte> Body);

/// <summary>Drafts a template from messages of a device nobody has described: names, types, units and meanings are guessed.</summary>
public static class SampleTemplate
{
    // Deeper values are kept in the raw data; nobody charts them.
    private const int MaxDepth = 32;

    /// <summary>The draft with a line for each guess, or the faults when the messages show nothing to build on.</summary>
    /// <param name="modelId">DTMI for the capability model, e.g. <c>dtmi:contoso:PumpStation;1</c>.</param>
    public static TemplateImport Draft(string displayName, string modelId, IReadOnlyList<SampleMessage> messages)
    {
        var log = new DtdlLog();
        if (!Dtmi.TryParse(modelId, out var model, out var reason))
            log.Fault("modelId", reason);
        var fields = new Dictionary<string, FieldGuess>();
        foreach (var component in messages.Select(m => m.Component).Distinct().OrderBy(c => c.Length > 0))
            fields[component] = new FieldGuess();
        for (var i = 0; i < messages.Count; i++)
            Look(messages[i], fields[messages[i].Component], $"[{i}]", log);
        if (!log.HasFaults && fields.Values.All(f => f.Members.Count == 0))
            log.Fault("", "The messages have no fields to make telemetry of.");
        if (log.HasFaults)
            return new TemplateImport { Faults = log.Faults, Lines = log.Lines };

        var contents = new List<Capability>();
        foreach (var (component, guess) in fields)
            if (component.Length == 0)
                contents.AddRange(Telemetry(guess, component, log));
            else
                contents.Add(Component(component, guess, model, log));
        return Finish(displayName, model, contents, log);
    }

    private static TemplateImport Finish(string displayName, Dtmi model, List<Capability> contents, DtdlLog log)
    {
        var template = new DeviceTemplate
        {
            Id = $"{model.Family}:template;{model.Version}",
            DisplayName = displayName,
            Root = new TemplateInterface
            {
                Id = model.Value,
                DisplayName = displayName,
                Contents = contents,
            },
        };
        IReadOnlyList<Fault> faults = TemplateRules.Check(template);
        return new TemplateImport
        {
            Template = faults.Count == 0 ? template : null,
            Faults = faults,
            Lines = log.Lines,
        };
    }

    private static void Look(SampleMessage message, FieldGuess guess, string path, DtdlLog log)
    {
        if (
            message.Component.Length > 0
            && CapabilityRules.NameFault(message.Component, CapabilityKind.Component) is { } fault
        )
            log.Fault(path, $"Component: {fault}");
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = MaxDepth };
            using var document = JsonDocument.Parse(message.Body, options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                guess.Add(document.RootElement);
            else
                log.Fault(path, "The message is not a JSON object.");
        }
        catch (JsonException e)
        {
            log.Fault(
                path,
                $"The message is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1})."
            );
        }
        catch (InvalidOperationException)
        {
            // JsonElement.GetString: half a surrogate pair
            log.Fault(path, "The message has text that is not valid UTF-8.");
        }
    }

    private static Capability Component(string name, FieldGuess guess, Dtmi model, DtdlLog log)
    {
        var id = $"{model.Family}:{name};{model.Version}";
        return new Capability
        {
            Kind = CapabilityKind.Component,
            Name = name,
            DisplayName = NameGuess.InWords(name),
            Interface = new TemplateInterface
            {
                Id = id,
                DisplayName = NameGuess.InWords(name),
                Contents = [.. Telemetry(guess, name, log)],
            },
        };
    }

    private static IEnumerable<Capability> Telemetry(FieldGuess guess, string component, DtdlLog log)
    {
        foreach (var (name, field) in guess.Members)
        {
            var path = new CapabilityPath(component, name).ToString();
            if (CapabilityRules.NameFault(name) is { } fault)
            {
                log.LeftOut(path, $"{fault} Its values stay in the raw data.");
                continue;
            }

            if (field.Schema(name, path, log) is not { } schema)
            {
                log.LeftOut(path, "Its value was never seen or is of no one kind; it stays in the raw data.");
                continue;
            }

            var meaning = NameGuess.Of(name, schema, field.Largest);
            if (meaning.IsMeasured && schema.Kind is SchemaKind.Integer or SchemaKind.Long)
                schema = Schema.Double;
            log.Taken(path, $"Telemetry {CapabilityRules.Describe(schema, meaning.Unit)}.");
            yield return new Capability
            {
                Kind = CapabilityKind.Telemetry,
                Name = name,
                DisplayName = NameGuess.InWords(name),
                Schema = schema,
                Types = meaning.Type is null ? [] : [meaning.Type],
                Unit = meaning.Unit,
            };
        }
    }
}
