using IoTCentral.Core.Common;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Access;

/// <summary>What is wrong with an application's settings: every fault with its path (<c>name</c>, <c>id</c>, …).</summary>
public static class ApplicationRules
{
    public const int MaxName = 148;

    public static IReadOnlyList<Fault> Check(ApplicationWish wish)
    {
        var faults = new List<Fault>(Check(wish.Name, wish.TimeZone));
        if (wish.Slug is { } slug && !Slug.IsLegal(slug))
            faults.Add(
                new(
                    "id",
                    "Use 2 to 48 lower-case letters, digits and hyphens, with a letter or digit at both ends ('new' is reserved)."
                )
            );
        if (wish.IdScope is { } scope && !IdScope.IsLegal(scope))
            faults.Add(new("idScope", "An ID scope has 4 to 32 letters and digits, for example 0ne0012AB34."));
        if (wish.GroupKey is { } key && !IsKey(key))
            faults.Add(new("groupKey", "A group key is base64 text of 16 to 64 bytes, as IoT Central shows it."));
        return faults;
    }

    public static IReadOnlyList<Fault> Check(string name, string timeZone)
    {
        var faults = new List<Fault>();
        if (name.Length is 0 or > MaxName || name.Any(char.IsControl))
            faults.Add(new("name", $"Give it a name of at most {MaxName} characters."));
        if (!TimeZones.IsKnown(timeZone))
            faults.Add(new("timeZone", $"There is no time zone '{timeZone}'. Use a name such as Europe/Berlin."));
        return faults;
    }

    private static bool IsKey(string key)
    {
        Span<byte> bytes = stackalloc byte[65];
        return Convert.TryFromBase64String(key, bytes, out var length) && length is >= 16 and <= 64;
    }
}

/// <summary>Time zones by their IANA names.</summary>
public static class TimeZones
{
    /// <summary>True for a name that this machine has rules for, as IANA writes it.</summary>
    public static bool IsKnown(string name) =>
        name.Length is > 0 and <= 64 && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) && zone.HasIanaId;
}
