using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;

namespace IoTCentral.Web.Features.Devices;

/// <summary>
/// A change of a device's properties, sorted by its template: what is wanted of the device, and what only we know.
/// Values that do not fit, read-only names and, unless they are asked for, unknown ones are faults.
/// </summary>
internal sealed class PropertyPatch
{
    private readonly List<Fault> _faults = [];
    private readonly DeviceTemplate _template = null!;
    private readonly bool _takesUnknown;

    private PropertyPatch(JsonObject desired) => Desired = desired;

    /// <param name="component">The component that the body is about; empty: the whole device.</param>
    /// <param name="takesUnknown">Names that the template does not have are wanted of the device as they are.</param>
    /// <exception cref="InvalidRequestException"><c>property.invalid</c> with every fault.</exception>
    public PropertyPatch(DeviceTemplate template, string component, JsonObject body, bool takesUnknown = false)
    {
        (_template, _takesUnknown) = (template, takesUnknown);
        if (component.Length == 0)
            Sort(body);
        else if (takesUnknown || template.Components.Contains(component))
            Sort(component, body);
        else
            _faults.Add(new(component, "The template has no such component."));
        if (_faults.Count > 0)
            throw new InvalidRequestException("property.invalid", _faults);
    }

    /// <param name="template">Null: the device has none, or it is a module.</param>
    /// <inheritdoc cref="PropertyPatch(DeviceTemplate, string, JsonObject, bool)"/>
    public static PropertyPatch Of(DeviceTemplate? template, string component, JsonObject body, bool takesUnknown) =>
        template is null ? Unmodelled(component, body) : new(template, component, body, takesUnknown);

    /// <summary>All of the body is wanted of the device.</summary>
    private static PropertyPatch Unmodelled(string component, JsonObject body)
    {
        var wanted = (JsonObject)body.DeepClone();
        wanted.Remove("$metadata"); // as it was read; ours to write
        if (component.Length == 0 || wanted.Count == 0)
            return new(wanted);
        wanted["__t"] = "c";
        return new(new JsonObject { [component] = wanted });
    }

    /// <summary>For the twin: what the device is to be.</summary>
    public JsonObject Desired { get; } = [];

    /// <summary>Cloud properties.</summary>
    public JsonObject Cloud { get; } = [];

    /// <summary>Both, for a twin to change at once.</summary>
    public TwinSides Sides => new(Desired.Count > 0 ? Desired : null, Cloud.Count > 0 ? Cloud : null);

    private void Sort(JsonObject body)
    {
        foreach (var (name, value) in body)
        {
            if (name == "$metadata")
                continue; // as it was read; ours to write
            if (!_template.Components.Contains(name))
                Sort("", name, value);
            else if (value is JsonObject members)
                Sort(name, members);
            else
                _faults.Add(new(name, "A component is an object of its properties."));
        }
    }

    private void Sort(string component, JsonObject members)
    {
        foreach (var (name, value) in members)
        {
            if (name is not ("$metadata" or "__t"))
                Sort(component, name, value);
        }
    }

    private void Sort(string component, string name, JsonNode? value)
    {
        var path = component.Length == 0 ? name : $"{component}.{name}";
        var capability = _template.Find(component, name);
        if (capability is null && _takesUnknown)
            Side(Desired, component)[name] = value?.DeepClone();
        else if (capability is null || capability.Kind != CapabilityKind.Property)
            _faults.Add(new(path, "The template has no such property."));
        else if (!capability.IsCloud && !capability.IsWritable)
            _faults.Add(new(path, "Only the device can change this property."));
        else if (value is not null && FaultOf(capability, value) is { } fault)
            _faults.Add(new(path, fault));
        else
            Side(capability.IsCloud ? Cloud : Desired, component)[name] = Written(capability, value);
    }

    /// <summary>A large double is written as one (1E+20, 4503599627370497.0): twins limit what looks whole.</summary>
    private static JsonNode? Written(Capability capability, JsonNode? value)
    {
        if (value is null || capability.Schema?.Kind is not (SchemaKind.Double or SchemaKind.Float))
            return value?.DeepClone();
        // by way of an element: a node may hold its number as a long
        var number = JsonSerializer.SerializeToElement(value).GetDouble();
        if (Math.Abs(number) < 1e15)
            return value.DeepClone();
        var text = number.ToString("R", CultureInfo.InvariantCulture);
        return JsonNode.Parse(text.Contains('E', StringComparison.Ordinal) ? text : $"{text}.0");
    }

    private static string? FaultOf(Capability capability, JsonNode value) =>
        Conformance.InputFault(capability, JsonSerializer.SerializeToElement(value));

    /// <summary>Members of a component stand in an object with the marker that DTDL's twin convention asks for.</summary>
    private static JsonObject Side(JsonObject side, string component)
    {
        if (component.Length == 0)
            return side;
        if (side[component] is not JsonObject inner)
            side[component] = inner = new JsonObject { ["__t"] = "c" };
        return inner;
    }
}
