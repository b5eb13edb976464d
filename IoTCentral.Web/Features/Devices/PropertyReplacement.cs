using System.Text.Json.Nodes;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;

namespace IoTCentral.Web.Features.Devices;

/// <summary>What has to be changed so that writable and cloud properties are those of a body, and no others.</summary>
internal static class PropertyReplacement
{
    /// <param name="component">The component that the body is about; empty: the whole device.</param>
    /// <param name="isUnmodeled">Also of what the template does not have.</param>
    /// <returns>The body, and null for each property that is set now and not in it.</returns>
    public static JsonObject Of(
        DeviceTemplate? template,
        string component,
        JsonObject body,
        Twin twin,
        bool isUnmodeled
    )
    {
        var patch = (JsonObject)body.DeepClone();
        if (isUnmodeled || template is null)
            RemoveUnknown(patch, template, component, twin.Desired);
        foreach (var side in new[] { twin.Desired, twin.Cloud })
        {
            foreach (var capability in template?.Capabilities ?? [])
            {
                if (capability.IsCloud || capability.IsWritable)
                    Remove(patch, component, capability, side);
            }
        }

        return patch;
    }

    private static void RemoveUnknown(JsonObject patch, DeviceTemplate? template, string component, JsonObject desired)
    {
        var now = component.Length == 0 ? desired : desired[component] as JsonObject ?? [];
        foreach (var (name, _) in now)
        {
            if (name != "__t" && !patch.ContainsKey(name) && template?.Find(component, name) is null)
                patch[name] = null;
        }
    }

    private static void Remove(JsonObject patch, string component, Capability capability, JsonObject side)
    {
        if (component.Length > 0 && capability.Component != component)
            return;
        var stored = capability.Component.Length == 0 ? side : side[capability.Component] as JsonObject;
        if (stored?.ContainsKey(capability.Name) != true)
            return;
        var target = patch;
        if (capability.Component != component)
        {
            if (patch[capability.Component] is null)
                patch[capability.Component] = new JsonObject();
            if (patch[capability.Component] is not JsonObject inner)
                return; // a fault, which the patch finds
            target = inner;
        }

        if (!target.ContainsKey(capability.Name))
            target[capability.Name] = null;
    }
}
