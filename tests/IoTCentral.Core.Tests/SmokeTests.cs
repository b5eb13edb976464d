namespace IoTCentral.Core.Tests;
