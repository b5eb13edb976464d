namespace IoTCentral.Web.Hosting;

/// <summary>A command line: words (the command and its files), then options as <c>--name=value</c>, <c>--name value</c> or <c>--name</c>.</summary>
internal sealed record Arguments(IReadOnlyList<string> Words, IReadOnlyDictionary<string, string> Options)
{
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

            var option = args[i][2..];
            var equals = option.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                options[option[..equals]] = option[(equals + 1)..];
            }
            else
            {
                var hasValue = i + 1 < args.Count && !args[i + 1].StartsWith("--", StringComparison.Ordinal);
                options[option] = hasValue ? args[++i] : "true";
            }
        }

        return new Arguments(words, options);
    }
}
