using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;

namespace IoTCentral.Web.Hosting.Commands;

internal sealed class SetupLinkCommand : InstallationCommand
{
    public override IReadOnlyList<string> Name => ["setup-link"];

    public override string Usage => "setup-link";

    public override string Purpose => "prints a new one-time administrator link";

    /// <summary>The page that takes the link's secret.</summary>
    public static string AddressOf(string baseUrl, string secret) => $"{baseUrl.TrimEnd('/')}/setup/{secret}";

    protected override async Task RunAsync(CommandInput input, IServiceProvider services, CancellationToken ct)
    {
        var secret = await services.GetRequiredService<SetupLinks>().CreateAsync(AuditActor.CommandLine, ct);
        Console.WriteLine(AddressOf(input.BaseUrl, secret));
    }
}
