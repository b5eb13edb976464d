using IoTCentral.Core.Devices;

namespace IoTCentral.Hub.Amqp.Wire;

/// <summary>What a link is for.</summary>
internal enum LinkKind
{
    /// <summary>Claims-based security: tokens are put here.</summary>
    Cbs,

    /// <summary>Telemetry.</summary>
    Events,

    /// <summary>Messages to the device.</summary>
    CloudToDevice,
    Methods,
    Twin,

    /// <summary>Registering (DPS).</summary>
    Registration,
}

/// <summary>The address of a link (contract §3.3, §5): <c>/devices/D/twin</c>, <c>{idScope}/registrations/{id}</c>.</summary>
/// <param name="Id">Of the device, or the registration.</param>
internal sealed record LinkAddress(LinkKind Kind, string Id = "", string? ModuleId = null, string? IdScope = null)
{
    public IdentityId Identity => new(Id, ModuleId);

    /// <summary>Null: there is nothing at this address.</summary>
    /// <param name="text">A path, or a whole URI; SDKs differ in <c>deviceBound</c>, and ids keep their case.</param>
    public static LinkAddress? Read(string? text)
    {
        if (text is null)
            return null;
        if (text.Equals("$cbs", StringComparison.OrdinalIgnoreCase))
            return new(LinkKind.Cbs);
        var parts = PathOf(text).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length == 3 && Is(parts[1], "registrations"))
            return new(LinkKind.Registration, Decode(parts[2]), IdScope: Decode(parts[0]));
        if (parts.Length < 3 || !Is(parts[0], "devices"))
            return null;
        var id = Decode(parts[1]);
        return parts.Length > 4 && Is(parts[2], "modules")
            ? Read(id, Decode(parts[3]), parts.AsSpan(4))
            : Read(id, null, parts.AsSpan(2));
    }

    /// <summary>Which device (and module) a token is for: <c>host/devices/D[/modules/M]</c>, perhaps percent-encoded.</summary>
    public static (string Host, string DeviceId, string? ModuleId)? ReadAudience(string text)
    {
        var path = text.Contains('/', StringComparison.Ordinal) ? text : Decode(text);
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        var parts = (scheme < 0 ? path : path[(scheme + 3)..]).Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length is not (3 or 5) || !Is(parts[1], "devices") || (parts.Length == 5 && !Is(parts[3], "modules")))
            return null;
        // What was decoded as a whole is not decoded again.
        var isDecoded = !ReferenceEquals(path, text);
        return (parts[0], Part(parts[2]), parts.Length == 5 ? Part(parts[4]) : null);

        string Part(string part) => isDecoded ? part : Decode(part);
    }

    private static LinkAddress? Read(string id, string? moduleId, ReadOnlySpan<string> rest) =>
        rest switch
        {
            [var a, var b] when Is(a, "messages") && Is(b, "events") => new(LinkKind.Events, id, moduleId),
            [var a, var b] when Is(a, "messages") && Is(b, "devicebound") => new(LinkKind.CloudToDevice, id, moduleId),
            [var a, var b] when Is(a, "methods") && Is(b, "devicebound") => new(LinkKind.Methods, id, moduleId),
            [var a] when Is(a, "twin") => new(LinkKind.Twin, id, moduleId),
            _ => null,
        };

    private static string PathOf(string text)
    {
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme < 0)
            return text;
        var path = text.IndexOf('/', scheme + 3);
        return path < 0 ? "" : text[path..];
    }

    private static bool Is(string part, string word) => part.Equals(word, StringComparison.OrdinalIgnoreCase);

    private static string Decode(string part) => Uri.UnescapeDataString(part);
}
