using System.Text.Json.Nodes;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices.Properties;

/// <summary>
/// Properties under edit, of one side of a twin: what was read, what is typed, and what somebody else saved meanwhile.
/// </summary>
public sealed class PropertyForm
{
    private readonly Func<Twin, JsonObject> _side;
    private readonly ViewerZone _zone;
    private readonly Dictionary<CapabilityPath, string> _typed = [];
    private Dictionary<CapabilityPath, string> _stored = [];

    private PropertyForm(IEnumerable<Capability> capabilities, Func<Twin, JsonObject> side, Twin twin, ViewerZone zone)
    {
        _side = side;
        _zone = zone;
        Capabilities = [.. capabilities.Where(c => c.Schema is not null)];
        Take(twin);
    }

    /// <summary>What only we know of the device.</summary>
    public static PropertyForm Cloud(DeviceTemplate? template, Twin twin, ViewerZone zone) =>
        new(template?.CloudProperties ?? [], t => t.Cloud, twin, zone);

    /// <summary>What is wanted of the device.</summary>
    public static PropertyForm Desired(DeviceTemplate? template, Twin twin, ViewerZone zone) =>
        new((template?.Capabilities ?? []).Where(c => c.IsWritable), t => t.Desired, twin, zone);

    public IReadOnlyList<Capability> Capabilities { get; }

    /// <summary>Properties that were edited here and saved elsewhere, with the other value.</summary>
    public Dictionary<CapabilityPath, string> Conflicts { get; } = [];

    public bool IsChanged => Capabilities.Any(c => this[c] != _stored[c.Path]);

    public string this[Capability capability]
    {
        get => _typed.TryGetValue(capability.Path, out var text) ? text : _stored[capability.Path];
        set
        {
            _typed[capability.Path] = value;
            Conflicts.Remove(capability.Path);
        }
    }

    /// <summary>What is stored now; what is being edited stays, and is in conflict where both have changed.</summary>
    public void Take(Twin twin)
    {
        var before = _stored;
        _stored = Capabilities.ToDictionary(c => c.Path, c => CloudInput.TextOf(c, Member(_side(twin), c.Path), _zone));
        foreach (var (path, typed) in _typed.ToList())
        {
            if (typed == _stored[path])
                Settle(path);
            else if (before[path] == typed)
                _typed.Remove(path); // looked at, not changed
            else if (before[path] != _stored[path])
                Conflicts[path] = _stored[path];
        }
    }

    /// <summary>The other value instead of the own one.</summary>
    public void TakeTheirs(CapabilityPath path) => Settle(path);

    /// <summary>The own value stays, knowing the other.</summary>
    public void KeepMine(CapabilityPath path) => Conflicts.Remove(path);

    public void Undo()
    {
        _typed.Clear();
        Conflicts.Clear();
    }

    /// <summary>The patch that saves what was changed; null and faults when something typed does not fit.</summary>
    public JsonObject? Patch(FormFaults faults)
    {
        faults.Clear();
        var patch = new JsonObject();
        foreach (var capability in Capabilities.Where(c => this[c] != _stored[c.Path]))
        {
            var (value, fault) = CloudInput.Read(capability, this[capability], _zone);
            if (fault is not null)
                faults.Add(capability.Path.ToString(), fault);
            Put(patch, capability.Path, value);
        }

        return faults.Any ? null : patch;
    }

    private void Settle(CapabilityPath path)
    {
        _typed.Remove(path);
        Conflicts.Remove(path);
    }

    private static void Put(JsonObject patch, CapabilityPath path, JsonNode? value)
    {
        if (path.Component.Length == 0)
        {
            patch[path.Name] = value;
            return;
        }

        if (patch[path.Component] is not JsonObject component)
            patch[path.Component] = component = new JsonObject { ["__t"] = "c" };
        component[path.Name] = value;
    }

    private static JsonNode? Member(JsonObject values, CapabilityPath path) =>
        path.Component.Length == 0 ? values[path.Name] : (values[path.Component] as JsonObject)?[path.Name];
}
