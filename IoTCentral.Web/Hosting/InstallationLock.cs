using System.Diagnostics;
using System.Globalization;
using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting;

/// <summary>What a program does in a data folder.</summary>
internal enum Occupation
{
    /// <summary>It serves, for long.</summary>
    Server,

    /// <summary>A command that is soon done.</summary>
    Command,
}

/// <summary>Who holds a data folder. The process id is for people; the lock itself ends with its process, however that dies.</summary>
/// <param name="BaseUrl">Of a server that is ready; null before.</param>
internal sealed record Holder(Occupation Occupation, int ProcessId, string? BaseUrl);

/// <summary>The right to start a data folder's database: one program at a time has it.</summary>
internal sealed class InstallationLock : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _file;
    private readonly string _holderFile; // apart from the lock, which nobody else can read

    private InstallationLock(FileStream file, string holderFile) => (_file, _holderFile) = (file, holderFile);

    /// <summary>Waits for commands to be done. No lock when a server holds the folder.</summary>
    /// <exception cref="InstallationException">A command holds it for too long, or the folder cannot be written.</exception>
    public static async Task<(InstallationLock? Lock, Holder? Holder)> TakeAsync(
        string dataFolder,
        Occupation occupation,
        CancellationToken ct
    )
    {
        var path = Path.Combine(dataFolder, "lock");
        var holderFile = Path.Combine(dataFolder, "lock.holder");
        var clock = TimeProvider.System;
        var began = clock.GetTimestamp();
        while (true)
        {
            if (TryOpen(path) is { } file)
            {
                WriteHolder(holderFile, occupation, "");
                return (new InstallationLock(file, holderFile), null);
            }

            var holder = ReadHolder(holderFile);
            if (holder is { Occupation: Occupation.Server })
            {
                return (null, holder);
            }

            if (clock.GetElapsedTime(began) > Patience)
            {
                throw new InstallationException(
                    $"Another command ({holder?.ProcessId}) is at work in {dataFolder} and does not end."
                );
            }

            await Task.Delay(Pause, clock, ct);
        }
    }

    /// <summary>Lets commands beside this server know where its pages are.</summary>
    public void Announce(string baseUrl) => WriteHolder(_holderFile, Occupation.Server, baseUrl);

    public void Dispose()
    {
        File.Delete(_holderFile);
        _file.Dispose();
    }

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InstallationException($"The file {path} cannot be written; start as the user whose it is.", e);
        }
        catch (IOException e) when (e is not DirectoryNotFoundException) // somebody holds it
        {
            return null;
        }
    }

    private static void WriteHolder(string path, Occupation occupation, string baseUrl) =>
        File.WriteAllText(
            path,
            string.Create(CultureInfo.InvariantCulture, $"{occupation} {Environment.ProcessId} {baseUrl}\n")
        );

    /// <summary>Null while its holder has not written yet, or when what is there is of one that was killed.</summary>
    private static Holder? ReadHolder(string path)
    {
        try
        {
            var words = File.ReadAllText(path).Split([' ', '\n']);
            return
                words.Length >= 3
                && Enum.TryParse<Occupation>(words[0], out var occupation)
                && int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && IsAlive(id)
                ? new Holder(occupation, id, words[2].Length > 0 ? words[2] : null)
                : null;
        }
        catch (IOException) // not there yet
        {
            return null;
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
