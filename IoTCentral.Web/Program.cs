return await IoTCentral.Web.Hosting.CommandLine.RunAsync(args);
