using IoTCentral.Core.Common;
using IoTCentral.Core.Installation;
using IoTCentral.Web.Hosting.Commands;

namespace IoTCentral.Web.Hosting;

/// <summary>The program's outermost frame: finds the command, reads the settings, runs it, and says in a sentence why it cannot.</summary>
internal static class CommandLine
{
    private static readonly IReadOnlyList<ICommand> Commands =
    [
        new ServeCommand(),
        new AppCreateCommand(),
        new AppListCommand(),
        new TokenCommand(),
        new SetupLinkCommand(),
        new CaExportCommand(),
        new CaImportCommand(),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        using var signals = new Signals();
        try
        {
            return await RunAsync(Arguments.Parse(args), signals.Stop);
        }
        catch (OperationCanceledException) when (signals.Stop.IsCancellationRequested)
        {
            return ExitCode.Fine; // asked to stop while starting, and everything started is stopped again
        }
        catch (Exception e) when (e is InstallationException or DomainException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return ExitCode.Refused;
        }
        catch (Exception e) // the top of the program: said, and ended with a code, rather than dumping core
        {
            await Console.Error.WriteLineAsync($"IoTCentral failed by a fault of its own; please report this. {e}");
            return ExitCode.Failed;
        }
    }

    private static async Task<int> RunAsync(Arguments arguments, CancellationToken ct)
    {
        if (arguments.Options.ContainsKey("help") || arguments.Words is ["help", ..])
        {
            Console.WriteLine(Help);
            return ExitCode.Fine;
        }

        var command =
            Commands.FirstOrDefault(c => arguments.Words.Take(c.Name.Count).SequenceEqual(c.Name) && c.Name.Count > 0)
            ?? (arguments.Words.Count == 0 ? Commands[0] : null);
        var words = arguments.Words.Skip(command?.Name.Count ?? 0).ToList();
        if (command is null || words.Count != command.Words || HasEmpty(command, arguments))
        {
            await Console.Error.WriteLineAsync(
                command is null
                    ? $"There is no command '{string.Join(' ', arguments.Words)}'.\n{Help}"
                    : $"Usage: ./run {command.Usage}"
            );
            return ExitCode.Misused;
        }

        var settings = SettingsSource.Read(
            Path.Combine(AppContext.BaseDirectory, "appsettings.json"),
            Without(arguments.Options, command.Options),
            Environment.GetEnvironmentVariables()
        );
        var input = new CommandInput(words, arguments.Options, settings, SettingsReader.Read(settings));
        return await command.RunAsync(input, ct);
    }

    private static bool HasEmpty(ICommand command, Arguments arguments) =>
        command.Required.Any(name => string.IsNullOrWhiteSpace(arguments.Options.GetValueOrDefault(name)));

    private static Dictionary<string, string> Without(
        IReadOnlyDictionary<string, string> options,
        IReadOnlyList<string> names
    ) => options.Where(o => !names.Contains(o.Key, StringComparer.OrdinalIgnoreCase)).ToDictionary();

    private static string Help =>
        $"""
            Usage:
            {string.Join('\n', Commands.Select(c => $"  {$"./run {c.Usage}".TrimEnd(), -76} {c.Purpose}"))}

            Every setting of appsettings.json can be given as --Section:Key=value or as an environment variable Section__Key.
            """;
}
