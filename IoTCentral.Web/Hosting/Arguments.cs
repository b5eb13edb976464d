using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting;

/// <summary>A command line: words (the command and its files), then options as <c>--name=value</c> or <c>--name value</c>, the last of a name winning.</summary>
internal sealed record Arguments(IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Options)
{
    // the one that says all by being there
    private const string Help = "help";

    /// <exception cref="InstallationException">An option has no value.</exception>
    public static Arguments Parse(IReadOnlyList<string> args)
    {
        var words = new List<string>();
        var options = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Count; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                words.Add(args[i]);
                continue;
            }

            var (name, value) = Split(args[i][2..]);
            if (value is null && i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal))
            {
                value = args[++i];
            }

            if (value is null && name != Help)
            {
                throw new InstallationException($"The option --{name} needs a value: --{name}=… .");
            }

            options[name] = value ?? "";
        }

        return new Arguments(words, options);
    }

    private static (string Name, string? Value) Split(string option)
    {
        var equals = option.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (option, null) : (option[..equals], option[(equals + 1)..]);
    }
}
