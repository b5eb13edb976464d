namespace IoTCentral.Core.Devices;

/// <summary>
/// Where a module's values stand among its device's: under the component <c>module/component</c>, with nothing after the
/// slash for the module's root. No component of a device has a slash in its name (DTDL), so that the two never meet.
/// </summary>
public static class ModuleComponent
{
    public static string Of(string? module, string component) => module is null ? component : $"{module}/{component}";

    /// <summary>The module of a component, null when it is the device's own, and the component's name within.</summary>
    public static (string? Module, string Component) Read(string component)
    {
        var slash = component.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (null, component) : (component[..slash], component[(slash + 1)..]);
    }

    /// <summary>As people read it: a module's root is the module, without the slash.</summary>
    public static string Label(string component) => component.TrimEnd('/');
}
