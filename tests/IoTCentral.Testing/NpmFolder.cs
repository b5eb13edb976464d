using IoTCentral.Core.Installation;
using IoTCentral.Data.Server;

namespace IoTCentral.Testing;

/// <summary>A folder with a package-lock.json whose packages tests run with Node.</summary>
public static class NpmFolder
{
    private static readonly SemaphoreSlim Installing = new(1);

    /// <summary>The folder's full path, its packages installed. No install scripts: what they download is not locked.</summary>
    /// <param name="path">From the top of the clone.</param>
    public static async Task<string> EnsureAsync(string path, CancellationToken ct)
    {
        var folder = Path.Combine(Home.Folder, path);
        await Installing.WaitAsync(ct);
        try
        {
            if (!IsInstalled(folder))
            {
                var npm = new Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund") { Folder = folder };
                var result = await npm.RunAsync(ct);
                if (!result.Succeeded)
                {
                    throw new InvalidOperationException($"npm ci failed in {folder}: {result.Output}");
                }
            }

            return folder;
        }
        finally
        {
            Installing.Release();
        }
    }

    /// <summary>npm writes its own list last; one older than ours is of other versions.</summary>
    private static bool IsInstalled(string folder)
    {
        var installed = new FileInfo(Path.Combine(folder, "node_modules", ".package-lock.json"));
        return installed.Exists
            && installed.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json"));
    }
}
