using System.Collections;
using System.Globalization;
using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting;

/// <summary>Where settings come from: <c>appsettings.json</c>, then the environment, then the command line, the last winning.</summary>
internal sealed class SettingsSource
{
    private readonly HashSet<string> _given = new(StringComparer.OrdinalIgnoreCase);

    private SettingsSource(IConfigurationRoot configuration) => Configuration = configuration;

    public IConfigurationRoot Configuration { get; }

    /// <summary>Whether somebody gave it, other than as a default in <c>appsettings.json</c>.</summary>
    public bool IsGiven(string key) => _given.Contains(key);

    /// <param name="options">Of the command line.</param>
    /// <exception cref="InstallationException">The command line names a setting that does not exist.</exception>
    public static SettingsSource Read(string file, IReadOnlyDictionary<string, string> options, IDictionary environment)
    {
        var defaults = ReadFile(file);
        var known = new KnownSettings(defaults);
        if (options.Keys.FirstOrDefault(k => !known.Contains(k)) is { } unknown)
        {
            throw new InstallationException($"There is no setting or option '--{unknown}'.{known.Suggestion(unknown)}");
        }

        var fromEnvironment = environment
            .Cast<DictionaryEntry>()
            .Select(e => (Name: (string)e.Key, Value: (string?)e.Value))
            .Where(e => known.IsEnvironmentName(e.Name))
            .ToDictionary(
                e => e.Name.Replace("__", ":", StringComparison.Ordinal),
                e => e.Value,
                StringComparer.OrdinalIgnoreCase
            );
        var configuration = new ConfigurationBuilder()
            .AddConfiguration(defaults)
            .AddInMemoryCollection(fromEnvironment)
            .AddInMemoryCollection(options.ToDictionary(o => o.Key, o => (string?)o.Value))
            .Build();
        var source = new SettingsSource(configuration);
        source._given.UnionWith(fromEnvironment.Keys);
        source._given.UnionWith(options.Keys);
        return source;
    }

    private static IConfigurationRoot ReadFile(string file)
    {
        try
        {
            return new ConfigurationBuilder().AddJsonFile(file, optional: false).Build();
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            var reason = e.InnerException?.Message ?? e.Message;
            throw new InstallationException(
                string.Create(CultureInfo.InvariantCulture, $"The settings file {file} cannot be read: {reason}"),
                e
            );
        }
    }
}
