using IoTCentral.Core.Installation;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Security;

internal static class SecuritySetup
{
    /// <summary>The CA and the server certificate, fresh before whatever hosted service is added after this.</summary>
    public static IServiceCollection AddServerCertificate(this IServiceCollection services) =>
        services
            .AddSingleton<CertificateAuthority>()
            .AddSingleton<ICertificateAuthority>(s => s.GetRequiredService<CertificateAuthority>())
            .AddSingleton<ServerCertificateSelector>()
            .AddSingleton<CertificateExpiry>()
            .AddHostedService<CertificateRenewal>();
}
