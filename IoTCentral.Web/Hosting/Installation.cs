using IoTCentral.Core.Installation;
using IoTCentral.Data.Server;

namespace IoTCentral.Web.Hosting;

/// <summary>An opened installation: its data folder, master key and database, which we run or which a server beside us runs.</summary>
internal sealed class Installation : IAsyncDisposable
{
    private readonly InstallationLock? _lock;

    private Installation(InstallationOptions options, MasterKey key, Database database, InstallationLock? @lock) =>
        (Options, Key, Database, BaseUrl, _lock) = (options, key, database, options.BaseUrl, @lock);

    public InstallationOptions Options { get; }

    public MasterKey Key { get; }

    public Database Database { get; }

    /// <summary>Where people reach the pages: of the running server, which may have been started with other settings.</summary>
    public string BaseUrl { get; private init; }

    /// <summary>For the server: alone in the data folder.</summary>
    /// <exception cref="InstallationException">Another server has it, or the database cannot be used.</exception>
    public static async Task<Installation> OpenForServerAsync(
        InstallationOptions options,
        Action<string> say,
        CancellationToken ct
    )
    {
        DataFolder.Make(options.DataFolder);
        var (mine, holder) = await InstallationLock.TakeAsync(options.DataFolder, Occupation.Server, ct);
        if (mine is null)
        {
            throw new InstallationException(
                $"IoTCentral already runs in {options.DataFolder} (process {holder!.ProcessId})."
            );
        }

        return await StartAsync(options, mine, o => Ports.Choose(o, say), say, ct);
    }

    /// <summary>Tells commands beside us where our pages are.</summary>
    public void Announce(string baseUrl) => _lock?.Announce(baseUrl);

    /// <summary>For a command: beside the server if one runs, else with the database started for this command alone.</summary>
    public static async Task<Installation> OpenForCommandAsync(
        InstallationOptions options,
        Action<string> say,
        CancellationToken ct
    )
    {
        DataFolder.Make(options.DataFolder);
        var (mine, holder) = await InstallationLock.TakeAsync(options.DataFolder, Occupation.Command, ct);
        if (mine is not null)
        {
            return await StartAsync(options, mine, o => o, say, ct);
        }

        var key = new MasterKeyFile(options).GetOrMake();
        return new Installation(options, key, await Database.JoinAsync(options, key, say, ct), null)
        {
            BaseUrl = options.PublicUrl ?? holder!.BaseUrl ?? options.BaseUrl,
        };
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        _lock?.Dispose();
    }

    private static async Task<Installation> StartAsync(
        InstallationOptions options,
        InstallationLock mine,
        Func<InstallationOptions, InstallationOptions> check,
        Action<string> say,
        CancellationToken ct
    )
    {
        var keyFile = new MasterKeyFile(options);
        try
        {
            options = check(options);
            var key = keyFile.GetOrMake();
            return new Installation(options, key, await Database.StartAsync(options, key, say, ct), mine);
        }
        catch (WrongMasterKeyException)
        {
            keyFile.ForgetIfNew();
            mine.Dispose();
            throw;
        }
        catch
        {
            mine.Dispose();
            throw;
        }
    }
}
