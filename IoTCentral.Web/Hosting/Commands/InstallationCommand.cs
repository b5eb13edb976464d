using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting.Commands;

/// <summary>A command that works in an installation: beside its server if that runs, else with the database to itself.</summary>
internal abstract class InstallationCommand : ICommand
{
    public abstract IReadOnlyList<string> Name { get; }

    public abstract string Usage { get; }

    public abstract string Purpose { get; }

    public virtual int Words => 0;

    public virtual IReadOnlyList<string> Options => [];

    public virtual IReadOnlyList<string> Required => [];

    /// <summary>Whether it may be the first thing that happens in a data folder; others do not make one by a typing error.</summary>
    protected virtual bool MakesInstallation => false;

    public async Task<int> RunAsync(CommandInput input, CancellationToken ct)
    {
        var exists = input.Options.Postgres.ConnectionString is not null || Directory.Exists(input.Options.DataFolder);
        if (!exists && !MakesInstallation)
        {
            throw new InstallationException(
                $"There is no installation in {input.Options.DataFolder}; start it first, or name its folder with --data."
            );
        }

        await using var installation = await Installation.OpenForCommandAsync(input.Options, Say, ct);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddInstallation(installation)
            .BuildServiceProvider();
        await RunAsync(input with { BaseUrl = installation.BaseUrl }, services, ct);
        return ExitCode.Fine;
    }

    /// <summary>Writes its result, and nothing else, to standard output, since scripts read it.</summary>
    protected abstract Task RunAsync(CommandInput input, IServiceProvider services, CancellationToken ct);

    private static void Say(string line) => Console.Error.WriteLine(line);
}
