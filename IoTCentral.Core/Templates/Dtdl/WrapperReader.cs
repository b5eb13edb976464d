using System.Text.Json;

namespace IoTCentral.Core.Templates.Dtdl;

/// <summary>Tells the three forms of a template file apart and reads what is around the root interface.</summary>
internal sealed class WrapperReader(DtdlLog log, InterfaceReader interfaces, bool isStored)
{
    public DeviceTemplate? Read(JsonElement file, string? templateId)
    {
        if (file.ValueKind == JsonValueKind.Array && file.GetArrayLength() > 0)
            return file[0].ValueKind == JsonValueKind.Object && file[0].TryGetProperty("capabilityModel", out _)
                ? Several(file, templateId)
                : OfArray(file, templateId);
        if (file.ValueKind == JsonValueKind.Object && file.TryGetProperty("capabilityModel", out _))
            return OfWrapper(new DtdlNode(file, "", log), templateId);
        if (DtdlInterfaces.IsDefinition(file))
            return OfInterface(file, "", templateId);
        log.Fault(
            "",
            "This is not a device template: it must be a DTDL interface, an array of interfaces, or an IoT Central device template with a capabilityModel."
        );
        return null;
    }

    private DeviceTemplate? Several(JsonElement file, string? templateId)
    {
        if (file.GetArrayLength() == 1)
            return OfWrapper(new DtdlNode(file[0], "[0]", log), templateId);
        log.Fault("", $"The file holds {file.GetArrayLength()} device templates; import them one by one.");
        return null;
    }

    private DeviceTemplate? OfArray(JsonElement file, string? templateId)
    {
        var roots = RootFinder.Find(file, log);
        if (roots is null)
            return null;
        var (index, others) = roots.Value;
        foreach (var other in others)
            log.LeftOut(
                $"[{other}]",
                "This interface is not used by the root interface; the first unused one is the root."
            );
        return OfInterface(file[index], $"[{index}]", templateId);
    }

    private DeviceTemplate? OfInterface(JsonElement element, string path, string? templateId)
    {
        var node = new DtdlNode(element, path, log);
        var contexts = Contexts(node);
        var version = DtdlVersion(node, contexts);
        if (interfaces.Read(element, path, isInComponent: false) is not { } root || !TemplateSize.Check(root, log))
            return null;
        return new DeviceTemplate
        {
            Id = templateId ?? IdFor(root),
            DisplayName = root.Label,
            Description = root.Description?.Text,
            DtdlVersion = version,
            Contexts = contexts,
            Root = root,
        };
    }

    private DeviceTemplate? OfWrapper(DtdlNode node, string? templateId)
    {
        var contexts = Contexts(node);
        var version = DtdlVersion(node, contexts);
        var types = node.Types();
        if (types.Count == 0)
            types = node.Types("types");
        var id = ReadId(node, templateId);
        var displayName = node.Localized("displayName", CapabilityRules.MaxDisplayName);
        var description = node.Localized("description", CapabilityRules.MaxDescription);
        var (views, original) = TemplateSettings.Read(node, isStored);
        node.Skip("etag");
        node.TryTake("capabilityModel", out var model);
        if (model.ValueKind is not (JsonValueKind.Object or JsonValueKind.Array))
        {
            log.Fault(node.At("capabilityModel"), "'capabilityModel' must be an interface.");
            return null;
        }

        if (interfaces.Read(model, node.At("capabilityModel"), isInComponent: false) is not { } root)
            return null;
        root = PreviewForm.ApplySolutionModel(
            node,
            root,
            new CapabilityReader(log, new SchemaReader(log, new Dictionary<string, Schema>()), interfaces)
        );
        if (!TemplateSize.Check(root, log))
            return null;
        return new DeviceTemplate
        {
            Id = id ?? IdFor(root),
            Types = types.Count == 0 ? DtdlTypes.DeviceModelTypes : types,
            DisplayName = displayName?.Text ?? root.Label,
            Description = description?.Text,
            DtdlVersion = version,
            Contexts = contexts,
            Root = root,
            Views = views,
            Original = original,
            Extras = node.Rest(),
        };
    }

    private string? ReadId(DtdlNode node, string? templateId)
    {
        var text = node.Text("@id", 2048) ?? node.Text("id", 2048);
        node.Skip("id");
        if (text is not null && PreviewForm.FromUrn(text) is { } dtmi)
        {
            log.Changed(node.At("@id"), $"The old id '{text}' became '{dtmi}'.");
            text = dtmi;
        }

        if (text is not null && !Dtmi.TryParse(text, out _, out var reason))
        {
            log.Fault(node.At("@id"), reason);
            return null;
        }

        if (templateId is not null && text is not null && text != templateId)
            log.Changed(node.At("@id"), $"The template's id is '{templateId}', not '{text}'.");
        return templateId ?? text;
    }

    /// <summary>An id for a template whose file has none: the model's with a word more, in the same version.</summary>
    private static string IdFor(TemplateInterface root)
    {
        var model = Dtmi.Parse(root.Id);
        return $"{model.Family}:template;{model.Version}";
    }

    private static List<string> Contexts(DtdlNode node) =>
        node.Items("@context")
            .Where(c => c.Item.ValueKind == JsonValueKind.String)
            .Select(c => c.Item.GetString()!)
            .ToList();

    private int DtdlVersion(DtdlNode node, List<string> contexts)
    {
        foreach (var context in contexts.Where(c => c.StartsWith("dtmi:dtdl:context;", StringComparison.Ordinal)))
            switch (context["dtmi:dtdl:context;".Length..])
            {
                case "2":
                    return 2;
                case "3":
                    return 3;
                default:
                    log.Fault(node.At("@context"), $"'{context}' is not supported; use version 2 or 3 of DTDL.");
                    return 2;
            }

        if (contexts.Any(c => c.Contains("azureiot.com/v1/contexts", StringComparison.Ordinal)))
            log.Changed(node.At("@context"), "The template is of the preview (DTDL v1); it is taken as version 2.");
        else if (!contexts.Any(c => c.StartsWith("dtmi:iotcentral:", StringComparison.Ordinal)))
            log.Changed(node.At("@context"), "The file does not say which version of DTDL it is; version 2 was taken.");
        return 2;
    }
}
