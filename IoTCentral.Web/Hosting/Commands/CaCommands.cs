using IoTCentral.Core.Audit;
using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Hosting.Commands;

internal sealed class CaExportCommand : InstallationCommand
{
    public override IReadOnlyList<string> Name => ["ca", "export"];

    public override string Usage => "ca export FILE";

    public override string Purpose => "writes our CA with its private key to a file";

    public override int Words => 1;

    protected override async Task RunAsync(CommandInput input, IServiceProvider services, CancellationToken ct)
    {
        var pem = await services.GetRequiredService<ICertificateAuthority>().ExportAsync(AuditActor.CommandLine, ct);
        try
        {
            await WriteAsync(input.Words[0], pem, ct);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InstallationException($"The CA could not be written: {e.Message}", e);
        }

        Console.WriteLine($"The CA and its private key are in {input.Words[0]}; keep it where only you can read it.");
    }

    /// <summary>Never over another file, and readable by its owner alone.</summary>
    private static async Task WriteAsync(string path, string pem, CancellationToken ct)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var file = new FileStream(path, options);
        await using var writer = new StreamWriter(file);
        await writer.WriteAsync(pem.AsMemory(), ct);
    }
}

internal sealed class CaImportCommand : InstallationCommand
{
    public override IReadOnlyList<string> Name => ["ca", "import"];

    public override string Usage => "ca import FILE";

    public override string Purpose => "takes over a CA, certificate and key as PEM";

    public override int Words => 1;

    protected override bool MakesInstallation => true;

    protected override async Task RunAsync(CommandInput input, IServiceProvider services, CancellationToken ct)
    {
        var path = input.Words[0];
        if (!File.Exists(path))
        {
            throw new InstallationException($"There is no file {path}.");
        }

        var authority = services.GetRequiredService<ICertificateAuthority>();
        var ca = await authority.ImportAsync(await File.ReadAllTextAsync(path, ct), AuditActor.CommandLine, ct);
        Console.WriteLine($"{ca.Subject} signs from now on; a running server follows within half a minute.");
    }
}
