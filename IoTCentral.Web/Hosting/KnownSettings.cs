namespace IoTCentral.Web.Hosting;

/// <summary>The settings that exist: those of <c>appsettings.json</c>, which names every one, and log levels of any category.</summary>
internal sealed class KnownSettings(IConfiguration defaults)
{
    private const string LogLevels = "Logging:LogLevel:";

    private readonly List<string> _keys =
    [
        .. defaults.AsEnumerable().Where(e => e.Value is not null).Select(e => e.Key),
    ];

    public bool Contains(string key) =>
        key.StartsWith(LogLevels, StringComparison.OrdinalIgnoreCase)
        || _keys.Contains(NameOf(key), StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Settings outside a section are taken from the environment only as they are written here: PublicUrl, but not
    /// PUBLICURL or a DATA that was meant for another program.
    /// </summary>
    public bool IsEnvironmentName(string name) =>
        name.Contains("__", StringComparison.Ordinal)
            ? Contains(name.Replace("__", ":", StringComparison.Ordinal))
            : _keys.Contains(name, StringComparer.Ordinal);

    public string Suggestion(string wrong)
    {
        var last = wrong.Split(':')[^1];
        var near = _keys.Where(k => k.Split(':')[^1].Equals(last, StringComparison.OrdinalIgnoreCase)).Order().ToList();
        return near.Count == 0
            ? " appsettings.json lists them all."
            : $" Did you mean {string.Join(" or ", near.Select(k => $"--{k}"))}?";
    }

    /// <summary>Lists may be given item by item: <c>Hub:HostNames:0</c> is <c>Hub:HostNames</c>.</summary>
    private static string NameOf(string key)
    {
        var colon = key.LastIndexOf(':');
        return colon > 0 && int.TryParse(key.AsSpan(colon + 1), out _) ? key[..colon] : key;
    }
}
