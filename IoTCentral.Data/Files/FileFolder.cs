using System.Globalization;
using IoTCentral.Core.Files;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Data.Files;

/// <summary>
/// Files in a folder: <c>TENANT/content/xx/ID</c>, blocks in <c>TENANT/blocks/UPLOAD/BLOCK</c>. Every name is made of
/// numbers and ids of ours. Bytes are written beside their place, brought to the disk, and moved there.
/// </summary>
internal sealed class FileFolder(InstallationOptions options) : IFileFolder
{
    private const string Incoming = "incoming";
    private const string Content = "content";
    private const string Blocks = "blocks";

    // Files are read and written front to back.
    private const int Buffer = 128 * 1024;

    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _root = options.Files.Folder ?? Path.Combine(options.DataFolder, "files");

    public string Place => "folder";

    public async Task PutAsync(TenantId tenant, Guid id, Stream bytes, CancellationToken ct) =>
        await WriteAsync(PathOf(tenant, id), bytes, isLasting: true, ct);

    public Task<Stream?> FindAsync(TenantId tenant, Guid id, CancellationToken ct) =>
        Task.FromResult<Stream?>(Open(PathOf(tenant, id)));

    public Task DeleteAsync(TenantId tenant, Guid id, CancellationToken ct)
    {
        Delete(PathOf(tenant, id));
        return Task.CompletedTask;
    }

    public async Task<long> PutBlockAsync(
        TenantId tenant,
        Guid upload,
        string block,
        Stream bytes,
        CancellationToken ct
    )
    {
        var path = Path.Combine(FolderOf(tenant, upload), NameOf(block));
        var before = new FileInfo(path);
        var replaced = before.Exists ? Math.Max(before.Length, 1) : 0;
        // A block that a power cut takes is missed when the list comes, and sent again.
        await WriteAsync(path, bytes, isLasting: false, ct);
        return replaced;
    }

    public Stream? FindBlocks(TenantId tenant, Guid upload, IReadOnlyList<string> blocks)
    {
        var folder = FolderOf(tenant, upload);
        var files = blocks.Select(b => new FileInfo(Path.Combine(folder, NameOf(b)))).ToList();
        return files.TrueForAll(f => f.Exists) ? new JoinedStream(files, Open) : null;
    }

    public void DropBlocks(TenantId tenant, Guid upload)
    {
        try
        {
            Directory.Delete(FolderOf(tenant, upload), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // there were none
        }
        catch (IOException)
        {
            // one is just being written; the sweep comes by
        }
    }

    public IEnumerable<FolderEntry> Old(DateTimeOffset before)
    {
        DeleteOld(Path.Combine(_root, Incoming), before);
        foreach (var folder in Folders(_root))
        {
            if (!int.TryParse(folder.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var tenant))
                continue;
            foreach (var file in Folders(Path.Combine(folder.FullName, Content)).SelectMany(f => f.EnumerateFiles()))
            {
                if (file.LastWriteTimeUtc < before.UtcDateTime && Guid.TryParseExact(file.Name, "N", out var id))
                    yield return new(new TenantId(tenant), id, IsUpload: false);
            }

            foreach (var upload in Folders(Path.Combine(folder.FullName, Blocks)))
            {
                if (upload.LastWriteTimeUtc < before.UtcDateTime && Guid.TryParseExact(upload.Name, "N", out var id))
                    yield return new(new TenantId(tenant), id, IsUpload: true);
            }
        }
    }

    private async Task WriteAsync(string path, Stream bytes, bool isLasting, CancellationToken ct)
    {
        var (folder, beside) = (
            Path.GetDirectoryName(path)!,
            Path.Combine(_root, Incoming, $"{Guid.CreateVersion7():N}")
        );
        Directory.CreateDirectory(Path.GetDirectoryName(beside)!, Mode);
        Directory.CreateDirectory(folder, Mode);
        try
        {
            await using (
                var file = new FileStream(
                    beside,
                    new FileStreamOptions
                    {
                        Mode = FileMode.CreateNew,
                        Access = FileAccess.Write,
                        Options = FileOptions.Asynchronous,
                        BufferSize = 0,
                        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
                    }
                )
            )
            {
                await bytes.CopyToAsync(file, Buffer, ct);
                if (isLasting)
                    file.Flush(flushToDisk: true);
            }

            File.Move(beside, path, overwrite: true);
            if (isLasting)
                FolderSync.Flush(folder);
        }
        catch
        {
            Delete(beside);
            throw;
        }
    }

    private static FileStream? Open(string path)
    {
        try
        {
            return new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read | FileShare.Delete,
                Buffer,
                FileOptions.Asynchronous | FileOptions.SequentialScan
            );
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static void Delete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // nor is the file
        }
    }

    private static void DeleteOld(string folder, DateTimeOffset before)
    {
        if (!Directory.Exists(folder))
            return;
        foreach (
            var file in new DirectoryInfo(folder).EnumerateFiles().Where(f => f.LastWriteTimeUtc < before.UtcDateTime)
        )
            file.Delete();
    }

    private static IEnumerable<DirectoryInfo> Folders(string path) =>
        Directory.Exists(path) ? new DirectoryInfo(path).EnumerateDirectories() : [];

    private string PathOf(TenantId tenant, Guid id)
    {
        var name = id.ToString("N", CultureInfo.InvariantCulture);
        // ids begin with the time; their ends spread
        return Path.Combine(_root, tenant.ToString(), Content, name[^2..], name);
    }

    private string FolderOf(TenantId tenant, Guid upload) =>
        Path.Combine(_root, tenant.ToString(), Blocks, upload.ToString("N", CultureInfo.InvariantCulture));

    /// <summary>Blocks are named by their devices, so a name is made of their name.</summary>
    private static string NameOf(string block) => Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(block));
}
